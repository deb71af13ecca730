BEGIN;
-- add column `editor`, add foreign key `posts_editor_fkey`
ALTER TABLE "posts" ADD COLUMN "editor" integer CONSTRAINT "posts_editor_fkey" REFERENCES "users" ("id");
COMMIT;
