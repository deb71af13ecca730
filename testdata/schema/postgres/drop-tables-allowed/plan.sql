BEGIN;
-- drop table public.child
-- deletes-data: all rows of public.child are deleted
DROP TABLE "public"."child";
COMMIT;
BEGIN;
-- drop table public.parent
-- deletes-data: all rows of public.parent are deleted
DROP TABLE "public"."parent";
COMMIT;
