BEGIN;
-- change the type of column c of public.t from text to integer
-- converts-data: column c of public.t: every value is converted from text to integer; the change fails if one can't be
-- rewrites-table: public.t is written anew, and no one can read or write it meanwhile
ALTER TABLE "public"."t" ALTER COLUMN "c" DROP DEFAULT, ALTER COLUMN "c" TYPE integer USING "c"::integer, ALTER COLUMN "c" SET DEFAULT 0;
COMMIT;
