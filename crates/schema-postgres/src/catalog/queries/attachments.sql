-- Triggers, policies and rules of these tables.
SELECT t.tgrelid::int8 AS relation,
       'trigger' AS kind,
       t.tgname::text AS name,
       pg_catalog.pg_get_triggerdef(t.oid, false)
         || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' [enabled: ' || t.tgenabled::text || ']' END AS definition
  FROM pg_catalog.pg_trigger t
 WHERE t.tgrelid = ANY ($1::int8[]::oid[]) AND NOT t.tgisinternal
UNION ALL
SELECT p.polrelid::int8,
       'policy',
       p.polname::text,
       pg_catalog.concat_ws(' ',
         CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
         'FOR ' || p.polcmd::text,
         'TO ' || (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE r::pg_catalog.regrole::text END, ', ' ORDER BY r)
                     FROM unnest(p.polroles) AS roles(r)),
         'USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
         'WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')')
  FROM pg_catalog.pg_policy p
 WHERE p.polrelid = ANY ($1::int8[]::oid[])
UNION ALL
SELECT r.ev_class::int8, 'rule', r.rulename::text, pg_catalog.pg_get_ruledef(r.oid, false)
  FROM pg_catalog.pg_rewrite r
 WHERE r.ev_class = ANY ($1::int8[]::oid[]) AND r.rulename <> '_RETURN'
