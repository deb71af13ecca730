-- The columns of these tables. A type outside pg_catalog is always written with its schema, whatever the search path.
SELECT a.attrelid::int8 AS relation,
       a.attname::text AS name,
       CASE WHEN e.typnamespace = 'pg_catalog'::pg_catalog.regnamespace OR NOT pg_catalog.pg_type_is_visible(e.oid)
            THEN pg_catalog.format_type(a.atttypid, a.atttypmod)
            ELSE pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.format_type(a.atttypid, a.atttypmod)
       END AS type,
       a.attnotnull AS not_null,
       a.attidentity::text AS identity,
       a.attgenerated::text AS generated,
       d.oid IS NOT NULL AS has_default,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default_text,
       CASE WHEN a.attcollation <> t.typcollation
            THEN (SELECT pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
                    FROM pg_catalog.pg_collation co
                    JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
                   WHERE co.oid = a.attcollation)
       END AS collation,
       EXISTS (SELECT
                 FROM pg_catalog.pg_depend uses
                 JOIN pg_catalog.pg_depend owned
                   ON owned.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                  AND owned.objid = uses.refobjid
                  AND owned.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                  AND owned.refobjid = a.attrelid
                  AND owned.refobjsubid = a.attnum
                  AND owned.deptype = 'a'
                WHERE uses.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
                  AND uses.objid = d.oid
                  AND uses.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass) AS owns_sequence
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  JOIN pg_catalog.pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
  JOIN pg_catalog.pg_namespace n ON n.oid = e.typnamespace
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = ANY ($1::int8[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum
