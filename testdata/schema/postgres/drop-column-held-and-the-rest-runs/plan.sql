BEGIN;
-- add column b to public.t
ALTER TABLE "public"."t" ADD COLUMN "b" text;
COMMIT;
-- held: deletes-data
-- drop index idx_t_a on public.t
-- drops-index: queries of public.t that used index idx_t_a become slower
-- DROP INDEX CONCURRENTLY "public"."idx_t_a";
-- held: deletes-data
-- drop column a of public.t
-- deletes-data: the values of column a of public.t are deleted
-- ALTER TABLE "public"."t" DROP COLUMN "a";
