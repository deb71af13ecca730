BEGIN;
-- change the type of column c of public.t from text to character varying(10)
-- converts-data: column c of public.t: the change fails if a value is longer than character varying(10) takes
-- rewrites-table: public.t is written anew, and no one can read or write it meanwhile
ALTER TABLE "public"."t" ALTER COLUMN "c" DROP DEFAULT, ALTER COLUMN "c" TYPE character varying(10), ALTER COLUMN "c" SET DEFAULT 'x'::character varying;
COMMIT;
