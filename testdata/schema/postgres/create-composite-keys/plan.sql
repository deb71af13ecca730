BEGIN;
-- create table public.parent
CREATE TABLE "public"."parent" (
  "id" integer NOT NULL,
  "code" integer,
  CONSTRAINT "parent_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "idx_parent_code_id" ON "public"."parent" USING "btree" ("code", "id");
-- create table public.child
CREATE TABLE "public"."child" (
  "a" integer NOT NULL,
  "b" integer NOT NULL,
  CONSTRAINT "child_pkey" PRIMARY KEY ("b", "a"),
  CONSTRAINT "child_a_b_fkey" FOREIGN KEY ("a", "b") REFERENCES "public"."parent" ("code", "id") ON DELETE RESTRICT
);
COMMIT;
