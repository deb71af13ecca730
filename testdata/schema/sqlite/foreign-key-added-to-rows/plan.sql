BEGIN;
-- rebuild table `posts`: add foreign key `posts_author_fkey`
-- depends-on-rows: it fails if a row of posts refers to a row of users that doesn't exist
-- rewrites-table: posts is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_posts" (
  "id" integer PRIMARY KEY,
  "author" integer NOT NULL,
  "body" text,
  CONSTRAINT "posts_author_fkey" FOREIGN KEY ("author") REFERENCES "users" ("id") ON DELETE CASCADE
);
INSERT OR ABORT INTO "_chancery_new_posts" ("id", "author", "body") SELECT "id", "author", "body" FROM "posts";
DROP TABLE "posts";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_posts" RENAME TO "posts";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("posts");
COMMIT;
