-- add column a to t
ALTER TABLE `t` ADD COLUMN `a` int, ALGORITHM=INSTANT;
-- add column b to t
ALTER TABLE `t` ADD COLUMN `b` varchar(10) NOT NULL DEFAULT 'x', ALGORITHM=INSTANT;
-- add column c to t
ALTER TABLE `t` ADD COLUMN `c` int NOT NULL, ALGORITHM=INSTANT;
-- add column d to t
ALTER TABLE `t` ADD COLUMN `d` json, ALGORITHM=INSTANT;
-- add column e to t
ALTER TABLE `t` ADD COLUMN `e` timestamp NULL DEFAULT CURRENT_TIMESTAMP, ALGORITHM=INSTANT;
-- add column f to t
ALTER TABLE `t` ADD COLUMN `f` varchar(10) COLLATE utf8mb4_bin, ALGORITHM=INSTANT;
