BEGIN;
-- set the default of column a of public.t
ALTER TABLE "public"."t" ALTER COLUMN "a" SET DEFAULT 2;
COMMIT;
BEGIN;
-- set the default of column b of public.t
ALTER TABLE "public"."t" ALTER COLUMN "b" SET DEFAULT now();
COMMIT;
BEGIN;
-- drop the default of column c of public.t
ALTER TABLE "public"."t" ALTER COLUMN "c" DROP DEFAULT;
COMMIT;
