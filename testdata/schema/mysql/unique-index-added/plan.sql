-- create index idx_t_a on t
-- builds-index: index idx_t_a is built on t while others work; it takes time and I/O, and replicas wait for it
-- depends-on-rows: it fails if rows of t have equal values of (a); look for them first
ALTER TABLE `t` ADD UNIQUE KEY `idx_t_a` (`a`), ALGORITHM=INPLACE, LOCK=NONE;
