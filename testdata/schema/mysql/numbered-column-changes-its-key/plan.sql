-- replace the primary key of t; create index idx_t_id on t
-- depends-on-rows: it fails if rows of t have equal values of (a); look for them first
-- builds-index: index idx_t_id is built on t while others work; it takes time and I/O, and replicas wait for it
ALTER TABLE `t` DROP PRIMARY KEY, ADD PRIMARY KEY (`a`), ADD KEY `idx_t_id` (`id`), ALGORITHM=INPLACE, LOCK=NONE;
