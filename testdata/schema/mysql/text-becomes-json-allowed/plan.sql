-- change the type of column a of t from longtext to json
-- converts-data: column a of t: the change fails if a value is no JSON
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `a` json, ALGORITHM=COPY, LOCK=SHARED;
-- change the type of column b of t from json to longtext
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `b` longtext, ALGORITHM=COPY, LOCK=SHARED;
