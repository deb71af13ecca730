-- make column id of t NOT NULL
-- depends-on-rows: it fails if rows of t have NULL in column id; give them a value first
ALTER TABLE `t` MODIFY COLUMN `id` int NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;
-- add the primary key of t
-- depends-on-rows: it fails if rows of t have equal values of (id); look for them first
ALTER TABLE `t` ADD PRIMARY KEY (`id`), ALGORITHM=INPLACE, LOCK=NONE;
