BEGIN;
-- rebuild table `kept`: set default of column `a`
-- rewrites-table: kept is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_kept" (
  "a" integer DEFAULT 1
) STRICT;
INSERT OR ABORT INTO "_chancery_new_kept" ("rowid", "a") SELECT "rowid", "a" FROM "kept";
DROP TABLE "kept";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_kept" RENAME TO "kept";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("kept");
-- rebuild table `off`: drop option `STRICT`
-- weakens-integrity: off takes values of any type
-- rewrites-table: off is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_off" (
  "a" integer
);
INSERT OR ABORT INTO "_chancery_new_off" ("rowid", "a") SELECT "rowid", "a" FROM "off";
DROP TABLE "off";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_off" RENAME TO "off";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("off");
COMMIT;
