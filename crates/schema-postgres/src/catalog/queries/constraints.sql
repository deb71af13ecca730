-- The constraints of these tables, but for the NOT NULL ones of newer servers, which the columns tell.
SELECT con.conrelid::int8 AS relation,
       con.conname::text AS name,
       con.contype::text AS kind,
       con.convalidated AS validated,
       con.condeferrable AS deferrable,
       con.condeferred AS deferred,
       con.confmatchtype::text AS match,
       con.confupdtype::text AS on_update,
       con.confdeltype::text AS on_delete,
       to_jsonb(con) ->> 'conenforced' = 'false' AS not_enforced,
       to_jsonb(con) ->> 'conperiod' = 'true' AS period,
       rn.nspname::text AS referenced_schema,
       rc.relname::text AS referenced_table,
       COALESCE((SELECT array_agg(a.attname::text ORDER BY k.position)
                   FROM unnest(con.conkey) WITH ORDINALITY AS k(number, position)
                   JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number),
                '{}') AS columns,
       COALESCE((SELECT array_agg(a.attname::text ORDER BY k.position)
                   FROM unnest(con.confkey) WITH ORDINALITY AS k(number, position)
                   JOIN pg_catalog.pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.number),
                '{}') AS referenced_columns,
       (SELECT string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)
          FROM jsonb_array_elements_text(NULLIF(to_jsonb(con) -> 'confdelsetcols', 'null')) AS k(number)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number::int2) AS set_columns,
       CASE WHEN con.contype IN ('c', 'x') THEN pg_catalog.pg_get_constraintdef(con.oid) END AS definition
  FROM pg_catalog.pg_constraint con
  LEFT JOIN pg_catalog.pg_class rc ON rc.oid = con.confrelid
  LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.relnamespace
 WHERE con.conrelid = ANY ($1::int8[]::oid[]) AND con.contype IN ('p', 'u', 'f', 'c', 'x')
