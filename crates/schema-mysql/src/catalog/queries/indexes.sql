-- The parts of the indexes. Without CARDINALITY, which makes the server read statistics.
SELECT CONVERT(s.TABLE_NAME USING utf8mb4) AS relation,
       CONVERT(s.INDEX_NAME USING utf8mb4) AS name,
       CAST(s.SEQ_IN_INDEX AS SIGNED) AS position,
       s.NON_UNIQUE = 0 AS is_unique,
       CONVERT(s.COLUMN_NAME USING utf8mb4) AS part,
       CONVERT(s.COLLATION USING utf8mb4) AS direction,
       CAST(s.SUB_PART AS SIGNED) AS prefix,
       CONVERT(s.INDEX_TYPE USING utf8mb4) AS method,
       CONVERT(s.INDEX_COMMENT USING utf8mb4) AS comment,
       {hidden} AS hidden,
       CONVERT({expression} USING utf8mb4) AS expression
  FROM information_schema.STATISTICS s
 WHERE s.TABLE_SCHEMA = ? AND s.TABLE_NAME IN ({names})
 ORDER BY s.TABLE_NAME, s.INDEX_NAME, s.SEQ_IN_INDEX
