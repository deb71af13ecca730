BEGIN;
-- create table `GROUP`
CREATE TABLE "GROUP" (
  "key word" text PRIMARY KEY NOT NULL
);
-- rebuild table `select from`: add column `say "hi"`, add column `it's`, add column `semi;colon -- no`, add column `größe`, add column `日本`, add column `nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn`, add index `idx_select from_nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn`, add index `idx_select from_say "hi"_größe`, add foreign key `select from_order_fkey`
-- builds-index: all rows of select from are read
-- depends-on-rows: it fails if two rows of select from have the same values
-- builds-index: all rows of select from are read
-- depends-on-rows: it fails if a row of select from refers to a row of GROUP that doesn't exist
-- rewrites-table: select from is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_select from" (
  "id" integer PRIMARY KEY,
  "order" text,
  "say ""hi""" text,
  "it's" text,
  "semi;colon -- no" text,
  "größe" text,
  "日本" text DEFAULT '語',
  "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" text,
  CONSTRAINT "select from_order_fkey" FOREIGN KEY ("order") REFERENCES "GROUP" ("key word")
);
INSERT OR ABORT INTO "_chancery_new_select from" ("id", "order") SELECT "id", "order" FROM "select from";
DROP TABLE "select from";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_select from" RENAME TO "select from";
PRAGMA legacy_alter_table = OFF;
CREATE UNIQUE INDEX "idx_select from_nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" ON "select from" ("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn");
CREATE INDEX "idx_select from_say ""hi""_größe" ON "select from" ("say ""hi""", "größe");
PRAGMA quick_check("select from");
COMMIT;
