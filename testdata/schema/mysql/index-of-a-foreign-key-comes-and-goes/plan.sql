-- create index idx_child_p_q on child; drop index child_p_fkey on child
-- drops-index: queries of child that used index child_p_fkey become slower
-- builds-index: index idx_child_p_q is built on child while others work; it takes time and I/O, and replicas wait for it
ALTER TABLE `child` ADD KEY `idx_child_p_q` (`p`, `q`), DROP KEY `child_p_fkey`, ALGORITHM=INPLACE, LOCK=NONE;
