-- The views, with their texts: both servers write each table in them as `database`.`table`.
SELECT CONVERT(v.TABLE_NAME USING utf8mb4) AS name,
       CONVERT(v.VIEW_DEFINITION USING utf8mb4) AS definition
  FROM information_schema.VIEWS v
 WHERE v.TABLE_SCHEMA = ?
