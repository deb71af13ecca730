-- The columns, in order. A column that this user may not see leaves a gap in the positions.
SELECT CONVERT(c.TABLE_NAME USING utf8mb4) AS relation,
       CONVERT(c.COLUMN_NAME USING utf8mb4) AS name,
       CAST(c.ORDINAL_POSITION AS SIGNED) AS position,
       CONVERT(c.COLUMN_TYPE USING utf8mb4) AS type,
       CONVERT(c.IS_NULLABLE USING utf8mb4) = 'YES' AS nullable,
       CONVERT(c.COLUMN_DEFAULT USING utf8mb4) AS default_text,
       CONVERT(c.COLLATION_NAME USING utf8mb4) AS collation,
       CONVERT(c.EXTRA USING utf8mb4) AS extra,
       CONVERT(c.COLUMN_COMMENT USING utf8mb4) AS comment,
       CONVERT(c.GENERATION_EXPRESSION USING utf8mb4) AS generation,
       CAST({srid} AS SIGNED) AS srid
  FROM information_schema.COLUMNS c
 WHERE c.TABLE_SCHEMA = ? AND c.TABLE_NAME IN ({names})
 ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION
