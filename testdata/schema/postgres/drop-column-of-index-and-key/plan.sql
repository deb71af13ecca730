BEGIN;
-- drop foreign key t_p_fkey of public.t
-- weakens-integrity: public.t may refer to rows of public.parent that are not there
ALTER TABLE "public"."t" DROP CONSTRAINT "t_p_fkey";
COMMIT;
-- drop index idx_t_a_p on public.t
-- drops-index: queries of public.t that used index idx_t_a_p become slower
DROP INDEX CONCURRENTLY "public"."idx_t_a_p";
BEGIN;
-- drop column p of public.t
-- deletes-data: the values of column p of public.t are deleted
ALTER TABLE "public"."t" DROP COLUMN "p";
COMMIT;
BEGIN;
-- drop column a of public.t
-- deletes-data: the values of column a of public.t are deleted
ALTER TABLE "public"."t" DROP COLUMN "a";
COMMIT;
