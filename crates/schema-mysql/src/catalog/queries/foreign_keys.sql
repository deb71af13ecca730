-- What the foreign keys do. Their columns come from another view: joining the two makes MariaDB open each table twice.
SELECT CONVERT(r.TABLE_NAME USING utf8mb4) AS relation,
       CONVERT(r.CONSTRAINT_NAME USING utf8mb4) AS name,
       CONVERT(r.UPDATE_RULE USING utf8mb4) AS on_update,
       CONVERT(r.DELETE_RULE USING utf8mb4) AS on_delete
  FROM information_schema.REFERENTIAL_CONSTRAINTS r
 WHERE r.CONSTRAINT_SCHEMA = ? AND r.TABLE_NAME IN ({names})
