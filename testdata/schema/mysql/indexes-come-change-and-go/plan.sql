-- replace index changed on t
-- builds-index: index changed is built on t while others work; it takes time and I/O, and replicas wait for it
ALTER TABLE `t` DROP KEY `changed`, ADD KEY `changed` (`b`, `a`), ALGORITHM=INPLACE, LOCK=NONE;
-- replace index turned on t
-- builds-index: index turned is built on t while others work; it takes time and I/O, and replicas wait for it
-- depends-on-rows: it fails if rows of t have equal values of (c); look for them first
ALTER TABLE `t` DROP KEY `turned`, ADD UNIQUE KEY `turned` (`c`), ALGORITHM=INPLACE, LOCK=NONE;
-- create index idx_t_b on t
-- builds-index: index idx_t_b is built on t while others work; it takes time and I/O, and replicas wait for it
ALTER TABLE `t` ADD KEY `idx_t_b` (`b`), ALGORITHM=INPLACE, LOCK=NONE;
-- rename index old on t to renamed
ALTER TABLE `t` RENAME KEY `old` TO `renamed`, ALGORITHM=INPLACE, LOCK=NONE;
-- drop index idx_t_c_b on t
-- drops-index: queries of t that used index idx_t_c_b become slower
ALTER TABLE `t` DROP KEY `idx_t_c_b`, ALGORITHM=INPLACE, LOCK=NONE;
