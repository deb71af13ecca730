BEGIN;
-- drop foreign key child_p_fkey of public.child
-- weakens-integrity: public.child may refer to rows of public.parent that are not there
ALTER TABLE "public"."child" DROP CONSTRAINT "child_p_fkey";
COMMIT;
BEGIN;
-- add foreign key child_p_fkey to public.child, for new rows
ALTER TABLE "public"."child" ADD CONSTRAINT "child_p_fkey" FOREIGN KEY ("p") REFERENCES "public"."other" ("id") NOT VALID;
COMMIT;
BEGIN;
-- check the rows of public.child against foreign key child_p_fkey
-- depends-on-rows: it fails if rows of public.child refer to rows of public.other that are not there
ALTER TABLE "public"."child" VALIDATE CONSTRAINT "child_p_fkey";
COMMIT;
