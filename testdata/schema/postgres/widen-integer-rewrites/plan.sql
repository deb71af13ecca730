BEGIN;
-- change the type of column id of public.t from integer to bigint
-- rewrites-table: public.t is written anew, and no one can read or write it meanwhile
ALTER TABLE "public"."t" ALTER COLUMN "id" TYPE bigint;
DO 'BEGIN EXECUTE ''ALTER SEQUENCE '' || pg_catalog.pg_get_serial_sequence(''"public"."t"'', ''id'') || '' AS bigint''; END';
COMMIT;
BEGIN;
-- change the type of column c of public.t from integer to bigint
-- rewrites-table: public.t is written anew, and no one can read or write it meanwhile
ALTER TABLE "public"."t" ALTER COLUMN "c" DROP DEFAULT, ALTER COLUMN "c" TYPE bigint, ALTER COLUMN "c" SET DEFAULT 0;
COMMIT;
