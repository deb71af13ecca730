-- rename index i on t to j
ALTER TABLE `t` RENAME KEY `i` TO `j`, ALGORITHM=INPLACE, LOCK=NONE;
-- rename index j on u to i
ALTER TABLE `u` RENAME KEY `j` TO `i`, ALGORITHM=INPLACE, LOCK=NONE;
