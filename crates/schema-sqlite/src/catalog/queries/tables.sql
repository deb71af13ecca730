SELECT name, type
FROM pragma_table_list
WHERE schema = 'main'
