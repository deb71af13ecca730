-- One text that is another one when any catalog row of the wanted tables was written in between.
SELECT md5(COALESCE(string_agg(part, ',' ORDER BY part), '')) AS mark
  FROM (
        SELECT c.oid AS relation
          FROM unnest($1::text[], $2::text[]) AS wanted(schema, name)
          JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.schema
          JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name
       ) AS wanted
  JOIN LATERAL (
        SELECT 'c' || c.oid || ':' || c.xmin::text AS part FROM pg_catalog.pg_class c WHERE c.oid = relation
        UNION ALL
        SELECT 'a' || relation || '.' || a.attnum || ':' || a.xmin::text
          FROM pg_catalog.pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0
        UNION ALL
        SELECT 'd' || d.oid || ':' || d.xmin::text FROM pg_catalog.pg_attrdef d WHERE d.adrelid = relation
        UNION ALL
        SELECT 'k' || k.oid || ':' || k.xmin::text FROM pg_catalog.pg_constraint k
         WHERE k.conrelid = relation OR k.confrelid = relation
        UNION ALL
        SELECT 'i' || i.indexrelid || ':' || i.xmin::text || ':' || ic.xmin::text
          FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = relation
        UNION ALL
        SELECT 't' || t.oid || ':' || t.xmin::text FROM pg_catalog.pg_trigger t WHERE t.tgrelid = relation
        UNION ALL
        SELECT 'p' || p.oid || ':' || p.xmin::text FROM pg_catalog.pg_policy p WHERE p.polrelid = relation
       ) AS parts ON true
