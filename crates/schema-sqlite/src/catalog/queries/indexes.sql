SELECT m.name, l.name, l."unique", l.origin, x.name
FROM main.sqlite_schema AS m, pragma_index_list(m.name, 'main') AS l, pragma_index_xinfo(l.name, 'main') AS x
WHERE m.type = 'table' AND m.sql NOT LIKE 'create virtual%' AND x.key
  AND lower(m.name) IN (SELECT lower(value) FROM json_each(?1))
ORDER BY m.name, l.name, x.seqno
