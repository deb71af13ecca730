BEGIN;
-- create table public.t
CREATE TABLE "public"."t" (
  "a" integer,
  "b" jsonb,
  "c" text
);
CREATE INDEX "by_c_and_a" ON "public"."t" USING "btree" ("c", "a");
CREATE INDEX "hashed" ON "public"."t" USING "hash" ("a") WITH ("fillfactor" = '70');
CREATE INDEX "idx_t_a" ON "public"."t" USING "btree" ("a");
CREATE INDEX "idx_t_b" ON "public"."t" USING "gin" ("b");
CREATE UNIQUE INDEX "idx_t_c" ON "public"."t" USING "btree" ("c");
COMMIT;
