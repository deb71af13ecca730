-- add column b to t
ALTER TABLE `t` ADD COLUMN `b` int, ALGORITHM=INSTANT;
-- held: deletes-data
-- drop index idx_t_a on t
-- drops-index: queries of t that used index idx_t_a become slower
-- ALTER TABLE `t` DROP KEY `idx_t_a`, ALGORITHM=INPLACE, LOCK=NONE;
-- held: deletes-data
-- drop column a of t
-- deletes-data: the values of column a of t are deleted
-- ALTER TABLE `t` DROP COLUMN `a`, ALGORITHM=INSTANT;
