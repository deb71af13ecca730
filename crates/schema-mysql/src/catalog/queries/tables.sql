-- The tables of the wanted names, with what decides whether a plan may touch them.
SELECT CONVERT(t.TABLE_NAME USING utf8mb4) AS name,
       CONVERT(t.TABLE_TYPE USING utf8mb4) AS kind,
       CONVERT(t.ENGINE USING utf8mb4) AS engine,
       CONVERT(t.TABLE_COLLATION USING utf8mb4) AS collation,
       CONVERT(t.CREATE_OPTIONS USING utf8mb4) AS options,
       CAST(t.DATA_LENGTH + t.INDEX_LENGTH AS SIGNED) AS bytes
  FROM information_schema.TABLES t
 WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME IN ({names})
