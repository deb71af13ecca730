-- drop foreign key child_p_fkey of child
-- weakens-integrity: child may refer to rows of parent that are not there
ALTER TABLE `child` DROP FOREIGN KEY `child_p_fkey`, ALGORITHM=INPLACE, LOCK=NONE;
-- drop index child_p_fkey on child
-- drops-index: queries of child that used index child_p_fkey become slower
ALTER TABLE `child` DROP KEY `child_p_fkey`, ALGORITHM=INPLACE, LOCK=NONE;
