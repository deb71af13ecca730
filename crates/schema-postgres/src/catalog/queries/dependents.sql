-- What depends on these tables or on columns of them, but for their own defaults, sequences and types.
SELECT d.refobjid::int8 AS relation,
       CASE WHEN con.contype = 'f' THEN 'foreign key'
            WHEN con.contype = 'c' THEN 'check'
            WHEN con.contype = 'x' THEN 'exclusion constraint'
            WHEN con.oid IS NOT NULL THEN 'key'
            WHEN c.relkind IN ('i', 'I') THEN 'index'
            WHEN rc.relkind = 'v' THEN 'view'
            WHEN rc.relkind = 'm' THEN 'materialized view'
            WHEN r.oid IS NOT NULL THEN 'rule'
            WHEN tg.oid IS NOT NULL THEN 'trigger'
            WHEN pol.oid IS NOT NULL THEN 'policy'
            WHEN ad.oid IS NOT NULL THEN 'generated column'
            WHEN d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass THEN 'function'
            ELSE 'object' END AS kind,
       CASE WHEN con.oid IS NOT NULL THEN con.conname::text
            WHEN c.oid IS NOT NULL THEN c.relname::text
            WHEN rc.relkind IN ('v', 'm') THEN rn.nspname::text || '.' || rc.relname::text
            WHEN r.oid IS NOT NULL THEN r.rulename::text
            WHEN tg.oid IS NOT NULL THEN tg.tgname::text
            WHEN pol.oid IS NOT NULL THEN pol.polname::text
            WHEN ad.oid IS NOT NULL
            THEN (SELECT a.attname::text FROM pg_catalog.pg_attribute a
                   WHERE a.attrelid = ad.adrelid AND a.attnum = ad.adnum)
            ELSE pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) END AS name,
       con.conrelid IS NOT DISTINCT FROM d.refobjid AS is_own,
       cn.nspname::text AS of_schema,
       cc.relname::text AS of_table,
       COALESCE(array_agg(DISTINCT col.attname::text) FILTER (WHERE col.attname IS NOT NULL), '{}') AS columns
  FROM pg_catalog.pg_depend d
  LEFT JOIN pg_catalog.pg_constraint con
         ON d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND con.oid = d.objid
  LEFT JOIN pg_catalog.pg_class cc ON cc.oid = con.conrelid
  LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = cc.relnamespace
  LEFT JOIN pg_catalog.pg_class c ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = d.objid
  LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND r.oid = d.objid
  LEFT JOIN pg_catalog.pg_class rc ON rc.oid = r.ev_class
  LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.relnamespace
  LEFT JOIN pg_catalog.pg_trigger tg ON d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND tg.oid = d.objid
  LEFT JOIN pg_catalog.pg_policy pol ON d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND pol.oid = d.objid
  LEFT JOIN pg_catalog.pg_attrdef ad ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND ad.oid = d.objid
  LEFT JOIN pg_catalog.pg_attribute col
         ON col.attrelid = d.refobjid AND col.attnum = d.refobjsubid AND d.refobjsubid > 0
 WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
   AND d.refobjid = ANY ($1::int8[]::oid[])
   AND d.objid <> d.refobjid
   AND NOT (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.relkind IN ('S', 't'))
   AND d.classid <> 'pg_catalog.pg_type'::pg_catalog.regclass
   -- A column's own default depends on it; a generated column depends on the others that it names too.
   AND NOT (ad.oid IS NOT NULL AND ad.adnum = d.refobjsubid)
   AND NOT (tg.oid IS NOT NULL AND (tg.tgisinternal OR d.refobjsubid = 0))
   AND NOT (pol.oid IS NOT NULL AND d.refobjsubid = 0)
   AND NOT (r.oid IS NOT NULL AND r.ev_class = d.refobjid AND d.refobjsubid = 0)
 GROUP BY 1, 2, 3, 4, 5, 6
