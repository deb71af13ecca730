-- The columns of the foreign keys of these tables and of those that refer to them, of this database alone: on MariaDB,
-- those of others could only be had by opening every table of the server.
SELECT CONVERT(k.TABLE_NAME USING utf8mb4) AS relation,
       CONVERT(k.CONSTRAINT_NAME USING utf8mb4) AS name,
       CONVERT(k.COLUMN_NAME USING utf8mb4) AS part,
       CONVERT(k.REFERENCED_TABLE_SCHEMA USING utf8mb4) AS referenced_database,
       CONVERT(k.REFERENCED_TABLE_NAME USING utf8mb4) AS referenced_table,
       CONVERT(k.REFERENCED_COLUMN_NAME USING utf8mb4) AS referenced_column
  FROM information_schema.KEY_COLUMN_USAGE k
 WHERE k.TABLE_SCHEMA = ? AND k.REFERENCED_TABLE_NAME IS NOT NULL
 ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION
