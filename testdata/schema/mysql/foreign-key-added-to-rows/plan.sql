-- create index child_p_fkey on child
-- builds-index: index child_p_fkey is built on child while others work; it takes time and I/O, and replicas wait for it
ALTER TABLE `child` ADD KEY `child_p_fkey` (`p`), ALGORITHM=INPLACE, LOCK=NONE;
-- add foreign key child_p_fkey to child
-- depends-on-rows: it fails if rows of child refer to rows of parent that are not there
-- rewrites-table: child is copied, and no one can write it meanwhile
ALTER TABLE `child` ADD CONSTRAINT `child_p_fkey` FOREIGN KEY (`p`) REFERENCES `parent` (`id`) ON DELETE CASCADE, ALGORITHM=COPY, LOCK=SHARED;
