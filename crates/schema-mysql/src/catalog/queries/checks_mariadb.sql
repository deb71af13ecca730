-- The checks; one that stands with a column has the column's name.
SELECT CONVERT(c.TABLE_NAME USING utf8mb4) AS relation,
       CONVERT(c.CONSTRAINT_NAME USING utf8mb4) AS name,
       CONVERT(c.LEVEL USING utf8mb4) AS level,
       CONVERT(c.CHECK_CLAUSE USING utf8mb4) AS definition
  FROM information_schema.CHECK_CONSTRAINTS c
 WHERE c.CONSTRAINT_SCHEMA = ? AND c.TABLE_NAME IN ({names})
