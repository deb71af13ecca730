SELECT m.name, f."table", f."to"
FROM main.sqlite_schema AS m, pragma_foreign_key_list(m.name, 'main') AS f
WHERE m.type = 'table' AND m.sql NOT LIKE 'create virtual%'
  AND lower(f."table") IN (SELECT lower(value) FROM json_each(?1))
ORDER BY m.name, f.id, f.seq
