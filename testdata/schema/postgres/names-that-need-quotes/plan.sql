BEGIN;
-- add column order to public.Select "all"
ALTER TABLE "public"."Select ""all""" ADD COLUMN "order" text;
COMMIT;
BEGIN;
-- add column ünïcödé to public.Select "all"
ALTER TABLE "public"."Select ""all""" ADD COLUMN "ünïcödé" text;
COMMIT;
-- create index An "Index" on public.Select "all"
-- builds-index: index An "Index" is built on public.Select "all" while others work; it takes time and I/O
-- if it fails: DROP INDEX CONCURRENTLY "public"."An ""Index""";
CREATE INDEX CONCURRENTLY "An ""Index""" ON "public"."Select ""all""" USING "btree" ("order", "ünïcödé");
BEGIN;
-- add foreign key a key to public.Select "all", for new rows
ALTER TABLE "public"."Select ""all""" ADD CONSTRAINT "a key" FOREIGN KEY ("Mixed Case") REFERENCES "public"."Select ""all""" ("Mixed Case") NOT VALID;
COMMIT;
BEGIN;
-- check the rows of public.Select "all" against foreign key a key
-- depends-on-rows: it fails if rows of public.Select "all" refer to rows of public.Select "all" that are not there
ALTER TABLE "public"."Select ""all""" VALIDATE CONSTRAINT "a key";
COMMIT;
