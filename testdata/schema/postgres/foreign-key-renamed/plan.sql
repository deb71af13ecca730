BEGIN;
-- rename foreign key child_p_fkey of public.child to renamed
ALTER TABLE "public"."child" RENAME CONSTRAINT "child_p_fkey" TO "renamed";
COMMIT;
