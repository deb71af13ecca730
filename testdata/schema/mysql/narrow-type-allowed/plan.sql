-- change the type of column a of t from varchar(40) to varchar(10)
-- converts-data: column a of t: the change fails if a value is longer than varchar(10) takes
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `a` varchar(10) DEFAULT 'x', ALGORITHM=COPY, LOCK=SHARED;
-- change the type of column b of t from bigint to int
-- converts-data: column b of t: the change fails if a value is out of the range of int
-- depends-on-rows: it fails if rows of t have NULL in column b; give them a value first
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `b` int NOT NULL, ALGORITHM=COPY, LOCK=SHARED;
-- change the type of column c of t from varchar(5) to int
-- converts-data: column c of t: every value is converted from varchar(5) to int; the change fails if one can't be
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `c` int DEFAULT 3, ALGORITHM=COPY, LOCK=SHARED;
