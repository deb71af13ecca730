-- replace the primary key of t
-- depends-on-rows: it fails if rows of t have equal values of (a, id); look for them first
ALTER TABLE `t` DROP PRIMARY KEY, ADD PRIMARY KEY (`a`, `id`), ALGORITHM=INPLACE, LOCK=NONE;
