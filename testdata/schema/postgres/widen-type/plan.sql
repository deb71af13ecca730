BEGIN;
-- change the type of column c of public.t from character varying(40) to character varying(80)
ALTER TABLE "public"."t" ALTER COLUMN "c" TYPE character varying(80);
COMMIT;
BEGIN;
-- change the type of column n of public.t from numeric(10,2) to numeric(12,2)
ALTER TABLE "public"."t" ALTER COLUMN "n" TYPE numeric(12,2);
COMMIT;
