BEGIN;
-- drop the primary key of public.t
-- weakens-integrity: nothing keeps the rows of public.t apart any more
ALTER TABLE "public"."t" DROP CONSTRAINT "t_pkey";
COMMIT;
BEGIN;
-- let column id of public.t take NULL
-- weakens-integrity: column id of public.t will take NULL
ALTER TABLE "public"."t" ALTER COLUMN "id" DROP NOT NULL;
COMMIT;
