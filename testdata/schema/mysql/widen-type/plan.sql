-- change the type of column a of t from varchar(40) to varchar(60)
ALTER TABLE `t` MODIFY COLUMN `a` varchar(60), ALGORITHM=INPLACE, LOCK=NONE;
-- change the type of column b of t from smallint to int
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `b` int, ALGORITHM=COPY, LOCK=SHARED;
-- change the type of column c of t from enum('a','b') to enum('a','b','c')
ALTER TABLE `t` MODIFY COLUMN `c` enum('a','b','c'), ALGORITHM=INSTANT;
-- change the type of column d of t from text to mediumtext
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `d` mediumtext, ALGORITHM=COPY, LOCK=SHARED;
-- change the type of column e of t from decimal(10,2) to decimal(12,2)
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `e` decimal(12,2), ALGORITHM=COPY, LOCK=SHARED;
