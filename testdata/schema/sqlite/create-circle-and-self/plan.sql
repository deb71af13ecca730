BEGIN;
-- create table `a`
CREATE TABLE "a" (
  "id" integer PRIMARY KEY,
  "b" integer,
  "boss" integer,
  CONSTRAINT "a_b_fkey" FOREIGN KEY ("b") REFERENCES "b" ("id") ON DELETE RESTRICT,
  CONSTRAINT "the_boss" FOREIGN KEY ("boss") REFERENCES "a" ("id")
);
-- create table `b`
CREATE TABLE "b" (
  "id" integer PRIMARY KEY,
  "a" integer,
  CONSTRAINT "b_a_fkey" FOREIGN KEY ("a") REFERENCES "a" ("id")
);
COMMIT;
