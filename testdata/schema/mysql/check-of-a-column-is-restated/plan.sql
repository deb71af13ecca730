-- change the type of column a of t from int to bigint
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `a` bigint, ALGORITHM=COPY, LOCK=SHARED;
