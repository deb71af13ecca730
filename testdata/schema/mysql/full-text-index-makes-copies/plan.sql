-- add column b to t
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` ADD COLUMN `b` int, ALGORITHM=COPY, LOCK=SHARED;
