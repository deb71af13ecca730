-- add column a to t
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` ADD COLUMN `a` double DEFAULT (rand()), ALGORITHM=COPY, LOCK=SHARED;
-- add column b to t
ALTER TABLE `t` ADD COLUMN `b` text DEFAULT 'x', ALGORITHM=INSTANT;
