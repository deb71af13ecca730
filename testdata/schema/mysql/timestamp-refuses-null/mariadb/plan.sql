-- make column a of t NOT NULL
-- converts-data: column a of t: rows with NULL get the time of the change
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `a` timestamp NOT NULL, ALGORITHM=COPY, LOCK=SHARED;
-- make column b of t NOT NULL
-- depends-on-rows: it fails if rows of t have NULL in column b; give them a value first
ALTER TABLE `t` MODIFY COLUMN `b` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, ALGORITHM=INPLACE, LOCK=NONE;
