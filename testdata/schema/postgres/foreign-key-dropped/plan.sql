BEGIN;
-- drop foreign key child_p_fkey of public.child
-- weakens-integrity: public.child may refer to rows of public.parent that are not there
ALTER TABLE "public"."child" DROP CONSTRAINT "child_p_fkey";
COMMIT;
