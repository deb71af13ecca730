BEGIN;
-- add column `nick`
ALTER TABLE "users" ADD COLUMN "nick" varchar(20);
-- add column `level`
ALTER TABLE "users" ADD COLUMN "level" integer NOT NULL DEFAULT 1;
COMMIT;
