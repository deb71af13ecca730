BEGIN;
-- add foreign key chancery_tmp_fkey_61ed8accd6be to public.child, for new rows
ALTER TABLE "public"."child" ADD CONSTRAINT "chancery_tmp_fkey_61ed8accd6be" FOREIGN KEY ("p") REFERENCES "public"."parent" ("id") ON DELETE SET NULL NOT VALID;
COMMIT;
BEGIN;
-- check the rows of public.child against foreign key chancery_tmp_fkey_61ed8accd6be
-- depends-on-rows: it fails if rows of public.child refer to rows of public.parent that are not there
ALTER TABLE "public"."child" VALIDATE CONSTRAINT "chancery_tmp_fkey_61ed8accd6be";
COMMIT;
BEGIN;
-- put the new foreign key child_p_fkey of public.child in place
ALTER TABLE "public"."child" DROP CONSTRAINT "child_p_fkey";
ALTER TABLE "public"."child" RENAME CONSTRAINT "chancery_tmp_fkey_61ed8accd6be" TO "child_p_fkey";
COMMIT;
