-- drop foreign key child_p_fkey of child
-- weakens-integrity: until the next step, child takes rows that refer to nothing
ALTER TABLE `child` DROP FOREIGN KEY `child_p_fkey`, ALGORITHM=INPLACE, LOCK=NONE;
-- add foreign key child_p_fkey to child
-- depends-on-rows: it fails if rows of child refer to rows of parent that are not there
-- rewrites-table: child is copied, and no one can write it meanwhile
ALTER TABLE `child` ADD CONSTRAINT `child_p_fkey` FOREIGN KEY (`p`) REFERENCES `parent` (`id`) ON DELETE CASCADE, ALGORITHM=COPY, LOCK=SHARED;
-- replace foreign key child_q_fkey of child with mine
-- depends-on-rows: it fails if rows of child refer to rows of parent that are not there
-- rewrites-table: child is copied, and no one can write it meanwhile
ALTER TABLE `child` DROP FOREIGN KEY `child_q_fkey`, ADD CONSTRAINT `mine` FOREIGN KEY (`q`) REFERENCES `parent` (`id`), ALGORITHM=COPY, LOCK=SHARED;
