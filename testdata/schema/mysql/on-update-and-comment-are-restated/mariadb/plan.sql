-- change the type of column a of t from int to bigint
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `a` bigint COMMENT 'it''s \\ kept', ALGORITHM=COPY, LOCK=SHARED;
-- set the default of column b of t
ALTER TABLE `t` MODIFY COLUMN `b` timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP COMMENT 'x', ALGORITHM=INSTANT;
-- held: converts-data
-- make column b of t NOT NULL
-- converts-data: column b of t: rows with NULL get the time of the change
-- rewrites-table: t is copied, and no one can write it meanwhile
-- ALTER TABLE `t` MODIFY COLUMN `b` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP COMMENT 'x', ALGORITHM=COPY, LOCK=SHARED;
