BEGIN;
-- drop column `age`
-- deletes-data: the values of column age of users are deleted
ALTER TABLE "users" DROP COLUMN "age";
COMMIT;
