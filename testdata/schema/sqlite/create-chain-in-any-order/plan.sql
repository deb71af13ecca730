BEGIN;
-- create table `a_child`
CREATE TABLE "a_child" (
  "id" integer PRIMARY KEY,
  "parent" integer,
  CONSTRAINT "a_child_parent_fkey" FOREIGN KEY ("parent") REFERENCES "b_parent" ("id") ON DELETE SET NULL
);
-- create table `b_parent`
CREATE TABLE "b_parent" (
  "id" integer PRIMARY KEY,
  "grand" integer DEFAULT 1,
  CONSTRAINT "b_parent_grand_fkey" FOREIGN KEY ("grand") REFERENCES "c_grand" ("id") ON DELETE SET DEFAULT
);
-- create table `c_grand`
CREATE TABLE "c_grand" (
  "id" integer PRIMARY KEY
);
COMMIT;
