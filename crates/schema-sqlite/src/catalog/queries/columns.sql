SELECT m.name, x.name, x."notnull", x.dflt_value, x.pk
FROM main.sqlite_schema AS m, pragma_table_xinfo(m.name, 'main') AS x
WHERE m.type = 'table' AND m.sql NOT LIKE 'create virtual%'
ORDER BY m.name, x.cid
