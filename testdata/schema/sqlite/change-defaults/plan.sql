BEGIN;
-- rebuild table `t`: set default of column `set`, set default of column `changed`, drop default of column `dropped`
-- rewrites-table: t is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_t" (
  "set" integer DEFAULT 1,
  "changed" text DEFAULT 'new',
  "dropped" text
);
INSERT OR ABORT INTO "_chancery_new_t" ("rowid", "set", "changed", "dropped") SELECT "rowid", "set", "changed", "dropped" FROM "t";
DROP TABLE "t";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_t" RENAME TO "t";
PRAGMA legacy_alter_table = OFF;
PRAGMA quick_check("t");
COMMIT;
