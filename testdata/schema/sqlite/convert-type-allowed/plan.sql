BEGIN;
-- rebuild table `codes`: change type of column `code`
-- converts-data: column code of codes becomes `integer`: texts that look like numbers become numbers, such as 1 for '01', and don't come back
-- rewrites-table: codes is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_codes" (
  "code" integer
);
INSERT OR ABORT INTO "_chancery_new_codes" ("rowid", "code") SELECT "rowid", "code" FROM "codes";
DROP TABLE "codes";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_codes" RENAME TO "codes";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("codes");
COMMIT;
