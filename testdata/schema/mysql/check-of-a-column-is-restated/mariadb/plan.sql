-- change the type of column a of t from int to bigint
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `a` bigint CHECK (`a` > 0), ALGORITHM=COPY, LOCK=SHARED;
