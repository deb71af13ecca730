-- drop the primary key of t
-- weakens-integrity: nothing keeps the rows of t apart any more
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` DROP PRIMARY KEY, ALGORITHM=COPY, LOCK=SHARED;
-- let column id of t take NULL
-- weakens-integrity: column id of t will take NULL
ALTER TABLE `t` MODIFY COLUMN `id` int, ALGORITHM=INPLACE, LOCK=NONE;
