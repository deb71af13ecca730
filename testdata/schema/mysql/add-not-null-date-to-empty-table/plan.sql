-- add column a to t
-- depends-on-rows: it fails if t has rows: column a refuses NULL, has no default, and date has no zero value
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` ADD COLUMN `a` date NOT NULL, ALGORITHM=COPY, LOCK=SHARED;
