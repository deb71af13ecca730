-- The indexes of these tables. The parts are written only where the plain list of columns does not say all.
SELECT i.indrelid::int8 AS relation,
       ic.relname::text AS name,
       i.indisunique AS is_unique,
       i.indisvalid AND i.indisready AND i.indislive AS valid,
       am.amname::text AS method,
       COALESCE(ic.reloptions, '{}')::text[] AS parameters,
       con.contype::text AS behind,
       con.condeferrable AS deferrable,
       con.condeferred AS deferred,
       (SELECT s.spcname::text FROM pg_catalog.pg_tablespace s WHERE s.oid = ic.reltablespace) AS tablespace,
       to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' AS nulls_not_distinct,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
       i.indpred IS NOT NULL AS has_predicate,
       parts.columns,
       parts.plain,
       CASE WHEN NOT parts.plain THEN parts.definitions END AS definitions,
       parts.included
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  JOIN pg_catalog.pg_am am ON am.oid = ic.relam
  LEFT JOIN pg_catalog.pg_constraint con ON con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x')
                                        AND con.conrelid = i.indrelid
  JOIN LATERAL (
        SELECT array_agg(a.attname::text ORDER BY k.position) FILTER (WHERE k.position <= i.indnkeyatts) AS columns,
               bool_and(k.number <> 0 AND oc.opcdefault AND k.opt = 0 AND k.coll = a.attcollation)
                 FILTER (WHERE k.position <= i.indnkeyatts) AS plain,
               string_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k.position::int4, false)
                          || CASE WHEN k.coll <> COALESCE(a.attcollation, k.coll)
                                  THEN ' COLLATE ' || k.coll::pg_catalog.regcollation::text ELSE '' END
                          || CASE WHEN oc.opcdefault THEN ''
                                  ELSE ' ' || pg_catalog.quote_ident(ocn.nspname) || '.'
                                       || pg_catalog.quote_ident(oc.opcname) END
                          || CASE k.opt & 3 WHEN 1 THEN ' DESC NULLS LAST' WHEN 2 THEN ' NULLS FIRST'
                                               WHEN 3 THEN ' DESC' ELSE '' END,
                          ', ' ORDER BY k.position) FILTER (WHERE k.position <= i.indnkeyatts) AS definitions,
               string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.position)
                 FILTER (WHERE k.position > i.indnkeyatts) AS included
          FROM unnest(i.indkey::int2[], i.indclass::oid[], i.indoption::int2[], i.indcollation::oid[])
               WITH ORDINALITY AS k(number, class, opt, coll, position)
          LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number <> 0
          LEFT JOIN pg_catalog.pg_opclass oc ON oc.oid = k.class
          LEFT JOIN pg_catalog.pg_namespace ocn ON ocn.oid = oc.opcnamespace
       ) AS parts ON true
 WHERE i.indrelid = ANY ($1::int8[]::oid[])
