-- drop foreign key child_p_fkey of child
-- weakens-integrity: child may refer to rows of parent that are not there
ALTER TABLE `child` DROP FOREIGN KEY `child_p_fkey`, ALGORITHM=INPLACE, LOCK=NONE;
-- add foreign key child_p_fkey to child
-- depends-on-rows: it fails if rows of child refer to rows of other that are not there
-- rewrites-table: child is copied, and no one can write it meanwhile
ALTER TABLE `child` ADD CONSTRAINT `child_p_fkey` FOREIGN KEY (`p`) REFERENCES `other` (`id`), ALGORITHM=COPY, LOCK=SHARED;
