-- number column id of t
-- rewrites-table: t is copied, and no one can write it meanwhile
ALTER TABLE `t` MODIFY COLUMN `id` int NOT NULL AUTO_INCREMENT, ALGORITHM=COPY, LOCK=SHARED;
