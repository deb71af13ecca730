BEGIN;
-- rebuild table `posts`: drop column `author`, drop index `idx_posts_author_body`, drop foreign key `posts_author_fkey`
-- deletes-data: the values of column author of posts are deleted
-- drops-index: queries of posts may become slower
-- weakens-integrity: rows of posts may refer to rows of users that don't exist
-- rewrites-table: posts is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_posts" (
  "id" integer PRIMARY KEY,
  "body" text
);
INSERT OR ABORT INTO "_chancery_new_posts" ("id", "body") SELECT "id", "body" FROM "posts";
DROP TABLE "posts";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_posts" RENAME TO "posts";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("posts");
COMMIT;
