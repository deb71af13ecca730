BEGIN;
-- refuse NULL in column id of public.t, for new rows
ALTER TABLE "public"."t" ADD CONSTRAINT "chancery_tmp_not_null_a39af070847a" CHECK ("id" IS NOT NULL) NOT VALID;
COMMIT;
BEGIN;
-- check that no row of public.t has NULL in column id
-- depends-on-rows: it fails if rows of public.t have NULL in column id; give them a value first
-- if it fails: ALTER TABLE "public"."t" DROP CONSTRAINT "chancery_tmp_not_null_a39af070847a";
ALTER TABLE "public"."t" VALIDATE CONSTRAINT "chancery_tmp_not_null_a39af070847a";
COMMIT;
BEGIN;
-- make column id of public.t NOT NULL
-- if it fails: ALTER TABLE "public"."t" DROP CONSTRAINT "chancery_tmp_not_null_a39af070847a";
ALTER TABLE "public"."t" ALTER COLUMN "id" SET NOT NULL;
ALTER TABLE "public"."t" DROP CONSTRAINT "chancery_tmp_not_null_a39af070847a";
COMMIT;
-- build the index of the primary key of public.t
-- builds-index: index chancery_tmp_key_600409865af0 is built on public.t while others work; it takes time and I/O
-- depends-on-rows: it fails if rows of public.t have equal values of (id); look for them first
-- if it fails: DROP INDEX CONCURRENTLY "public"."chancery_tmp_key_600409865af0";
CREATE UNIQUE INDEX CONCURRENTLY "chancery_tmp_key_600409865af0" ON "public"."t" USING "btree" ("id");
BEGIN;
-- add the primary key of public.t
ALTER TABLE "public"."t" ADD CONSTRAINT "t_pkey" PRIMARY KEY USING INDEX "chancery_tmp_key_600409865af0";
COMMIT;
