-- set the default of column a of t
ALTER TABLE `t` ALTER COLUMN `a` SET DEFAULT 2, ALGORITHM=INSTANT;
-- drop the default of column b of t
ALTER TABLE `t` ALTER COLUMN `b` SET DEFAULT NULL, ALGORITHM=INSTANT;
-- set the default of column c of t
ALTER TABLE `t` ALTER COLUMN `c` SET DEFAULT 1, ALGORITHM=INSTANT;
-- drop the default of column d of t
ALTER TABLE `t` ALTER COLUMN `d` DROP DEFAULT, ALGORITHM=INSTANT;
-- set the default of column e of t
ALTER TABLE `t` MODIFY COLUMN `e` datetime NULL DEFAULT CURRENT_TIMESTAMP, ALGORITHM=INSTANT;
-- set the default of column f of t
ALTER TABLE `t` ALTER COLUMN `f` SET DEFAULT '{}', ALGORITHM=INSTANT;
-- set the default of column g of t
ALTER TABLE `t` ALTER COLUMN `g` SET DEFAULT (1 + 1), ALGORITHM=INSTANT;
