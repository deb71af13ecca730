SELECT type, name, tbl_name, coalesce(sql, '')
FROM main.sqlite_schema
ORDER BY name
