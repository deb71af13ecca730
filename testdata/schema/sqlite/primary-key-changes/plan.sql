BEGIN;
-- rebuild table `t`: set not null on column `b`, replace primary key
-- depends-on-rows: it fails if column b of t has a NULL
-- depends-on-rows: it fails if two rows of t have the same key, or one has none
-- rewrites-table: t is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_t" (
  "a" integer NOT NULL,
  "b" text NOT NULL,
  "c" text,
  PRIMARY KEY ("a", "b")
);
INSERT OR ABORT INTO "_chancery_new_t" ("rowid", "a", "b", "c") SELECT "rowid", "a", "b", "c" FROM "t";
DROP TABLE "t";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_t" RENAME TO "t";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("t");
COMMIT;
