BEGIN;
-- refuse NULL in column c of public.t, for new rows
ALTER TABLE "public"."t" ADD CONSTRAINT "chancery_tmp_not_null_8232928876c6" CHECK ("c" IS NOT NULL) NOT VALID;
COMMIT;
BEGIN;
-- check that no row of public.t has NULL in column c
-- depends-on-rows: it fails if rows of public.t have NULL in column c; give them a value first
-- if it fails: ALTER TABLE "public"."t" DROP CONSTRAINT "chancery_tmp_not_null_8232928876c6";
ALTER TABLE "public"."t" VALIDATE CONSTRAINT "chancery_tmp_not_null_8232928876c6";
COMMIT;
BEGIN;
-- make column c of public.t NOT NULL
-- if it fails: ALTER TABLE "public"."t" DROP CONSTRAINT "chancery_tmp_not_null_8232928876c6";
ALTER TABLE "public"."t" ALTER COLUMN "c" SET NOT NULL;
ALTER TABLE "public"."t" DROP CONSTRAINT "chancery_tmp_not_null_8232928876c6";
COMMIT;
BEGIN;
-- let column d of public.t take NULL
-- weakens-integrity: column d of public.t will take NULL
ALTER TABLE "public"."t" ALTER COLUMN "d" DROP NOT NULL;
COMMIT;
