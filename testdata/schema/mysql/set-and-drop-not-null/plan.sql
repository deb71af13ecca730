-- make column a of t NOT NULL
-- depends-on-rows: it fails if rows of t have NULL in column a; give them a value first
ALTER TABLE `t` MODIFY COLUMN `a` varchar(20) NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;
-- let column b of t take NULL
-- weakens-integrity: column b of t will take NULL
ALTER TABLE `t` MODIFY COLUMN `b` timestamp NULL, ALGORITHM=INPLACE, LOCK=NONE;
-- make column c of t NOT NULL
-- depends-on-rows: it fails if rows of t have NULL in column c; give them a value first
ALTER TABLE `t` MODIFY COLUMN `c` json NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;
