-- drop foreign key t_p_fkey of t
-- weakens-integrity: t may refer to rows of parent that are not there
ALTER TABLE `t` DROP FOREIGN KEY `t_p_fkey`, ALGORITHM=INPLACE, LOCK=NONE;
-- drop index idx_t_a_p on t
-- drops-index: queries of t that used index idx_t_a_p become slower
ALTER TABLE `t` DROP KEY `idx_t_a_p`, ALGORITHM=INPLACE, LOCK=NONE;
-- drop index t_p_fkey on t
-- drops-index: queries of t that used index t_p_fkey become slower
ALTER TABLE `t` DROP KEY `t_p_fkey`, ALGORITHM=INPLACE, LOCK=NONE;
-- drop column p of t
-- deletes-data: the values of column p of t are deleted
ALTER TABLE `t` DROP COLUMN `p`, ALGORITHM=INPLACE, LOCK=NONE;
-- drop column a of t
-- deletes-data: the values of column a of t are deleted
ALTER TABLE `t` DROP COLUMN `a`, ALGORITHM=INPLACE, LOCK=NONE;
-- drop column j of t
-- deletes-data: the values of column j of t are deleted
ALTER TABLE `t` DROP COLUMN `j`, ALGORITHM=INPLACE, LOCK=NONE;
