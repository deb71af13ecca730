BEGIN;
-- add column `nick`
ALTER TABLE "users" ADD COLUMN "nick" text;
-- create index `idx_users_email_id`
-- builds-index: all rows of users are read
CREATE INDEX "idx_users_email_id" ON "users" ("email", "id");
COMMIT;
-- held: deletes-data
-- drop column `age`
-- deletes-data: the values of column age of users are deleted
-- ALTER TABLE "users" DROP COLUMN "age";
