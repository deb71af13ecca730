-- set the collation of t to utf8mb4_bin
ALTER TABLE `t` COLLATE=utf8mb4_bin, ALGORITHM=INPLACE, LOCK=NONE;
-- add column d to t
ALTER TABLE `t` ADD COLUMN `d` varchar(5) DEFAULT 'x', ALGORITHM=INSTANT;
-- change the collation of column a of t from latin1_swedish_ci to utf8mb4_bin
-- weakens-integrity: column a of t will take NULL
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `a` varchar(10), ALGORITHM=COPY, LOCK=SHARED;
