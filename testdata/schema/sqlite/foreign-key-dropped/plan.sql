BEGIN;
-- rebuild table `posts`: drop foreign key `posts_author_fkey`
-- weakens-integrity: rows of posts may refer to rows of users that don't exist
-- rewrites-table: posts is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_posts" (
  "id" integer PRIMARY KEY,
  "author" integer NOT NULL,
  "body" text
);
INSERT OR ABORT INTO "_chancery_new_posts" ("id", "author", "body") SELECT "id", "author", "body" FROM "posts";
DROP TABLE "posts";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_posts" RENAME TO "posts";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("posts");
COMMIT;
