-- change the collation of column a of t from latin1_swedish_ci to utf8mb4_bin
-- depends-on-rows: it fails if rows of t have values of column a that become equal
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `a` varchar(10) COLLATE utf8mb4_bin, ALGORITHM=COPY, LOCK=SHARED;
