BEGIN;
-- create table `measures`
CREATE TABLE "measures" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "value" REAL NOT NULL,
  "note" any
) STRICT;
COMMIT;
