BEGIN;
-- rebuild table `added`: set not null on column `code`, add primary key
-- depends-on-rows: it fails if column code of added has a NULL
-- depends-on-rows: it fails if two rows of added have the same key, or one has none
-- rewrites-table: added is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_added" (
  "code" text PRIMARY KEY NOT NULL
);
INSERT OR ABORT INTO "_chancery_new_added" ("rowid", "code") SELECT "rowid", "code" FROM "added";
DROP TABLE "added";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_added" RENAME TO "added";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("added");
-- rebuild table `dropped`: drop not null on column `code`, drop primary key
-- weakens-integrity: dropped has no primary key any more
-- rewrites-table: dropped is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_dropped" (
  "code" text
);
INSERT OR ABORT INTO "_chancery_new_dropped" ("rowid", "code") SELECT "rowid", "code" FROM "dropped";
DROP TABLE "dropped";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_dropped" RENAME TO "dropped";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("dropped");
COMMIT;
