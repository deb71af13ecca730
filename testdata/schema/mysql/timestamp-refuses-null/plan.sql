-- make column a of t NOT NULL
-- depends-on-rows: it fails if rows of t have NULL in column a; give them a value first
ALTER TABLE `t` MODIFY COLUMN `a` timestamp NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;
-- make column b of t NOT NULL
-- depends-on-rows: it fails if rows of t have NULL in column b; give them a value first
ALTER TABLE `t` MODIFY COLUMN `b` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, ALGORITHM=INPLACE, LOCK=NONE;
