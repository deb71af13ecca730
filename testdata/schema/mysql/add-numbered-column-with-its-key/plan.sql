-- add column id to t; add the primary key of t
-- depends-on-rows: it fails if rows of t have equal values of (id); look for them first
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` ADD COLUMN `id` int NOT NULL AUTO_INCREMENT, ADD PRIMARY KEY (`id`), ALGORITHM=COPY, LOCK=SHARED;
