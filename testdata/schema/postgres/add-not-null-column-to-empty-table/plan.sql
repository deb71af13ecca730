BEGIN;
-- add column a to public.t
-- depends-on-rows: it fails if public.t has rows: column a refuses NULL and has no default
ALTER TABLE "public"."t" ADD COLUMN "a" text NOT NULL;
COMMIT;
