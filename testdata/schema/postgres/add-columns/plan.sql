BEGIN;
-- add column a to public.t
ALTER TABLE "public"."t" ADD COLUMN "a" text;
COMMIT;
BEGIN;
-- add column b to public.t
ALTER TABLE "public"."t" ADD COLUMN "b" text DEFAULT 'x'::text NOT NULL;
COMMIT;
BEGIN;
-- add column c to public.t
ALTER TABLE "public"."t" ADD COLUMN "c" timestamp with time zone DEFAULT now();
COMMIT;
BEGIN;
-- add column d to public.t
-- rewrites-table: public.t is written anew: each row gets a value of column d of its own
ALTER TABLE "public"."t" ADD COLUMN "d" uuid DEFAULT gen_random_uuid();
COMMIT;
BEGIN;
-- add column e to public.t
ALTER TABLE "public"."t" ADD COLUMN "e" integer;
COMMIT;
-- create index idx_t_e on public.t
-- builds-index: index idx_t_e is built on public.t while others work; it takes time and I/O
-- if it fails: DROP INDEX CONCURRENTLY "public"."idx_t_e";
CREATE INDEX CONCURRENTLY "idx_t_e" ON "public"."t" USING "btree" ("e");
