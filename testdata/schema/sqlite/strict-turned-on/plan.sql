BEGIN;
-- rebuild table `t`: set option `STRICT`
-- depends-on-rows: it fails if a value of t is not of its column's type
-- rewrites-table: t is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_t" (
  "a" integer,
  "b" text
) STRICT;
INSERT OR ABORT INTO "_chancery_new_t" ("rowid", "a", "b") SELECT "rowid", "a", "b" FROM "t";
DROP TABLE "t";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_t" RENAME TO "t";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("t");
COMMIT;
