BEGIN;
-- rebuild table `users`: change type of column `email`, change type of column `age`
-- rewrites-table: users is made anew and its rows are copied, while writers of the file wait
CREATE TABLE "_chancery_new_users" (
  "id" integer PRIMARY KEY AUTOINCREMENT,
  "email" varchar(200) NOT NULL,
  "age" bigint
);
INSERT OR ABORT INTO "_chancery_new_users" ("id", "email", "age") SELECT "id", "email", "age" FROM "users";
DELETE FROM sqlite_sequence WHERE "name" = '_chancery_new_users';
INSERT INTO sqlite_sequence ("name", "seq") SELECT '_chancery_new_users', "seq" FROM sqlite_sequence WHERE "name" = 'users' COLLATE NOCASE;
DROP TABLE "users";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "_chancery_new_users" RENAME TO "users";
PRAGMA legacy_alter_table = OFF;
CREATE UNIQUE INDEX "idx_users_email" ON "users" ("email");
PRAGMA quick_check("users");
COMMIT;
