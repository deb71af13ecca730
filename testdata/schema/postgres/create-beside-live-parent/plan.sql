BEGIN;
-- create table public.child
CREATE TABLE "public"."child" (
  "id" integer NOT NULL,
  "p" integer,
  CONSTRAINT "child_pkey" PRIMARY KEY ("id")
);
COMMIT;
BEGIN;
-- add foreign key child_p_fkey to public.child
ALTER TABLE "public"."child" ADD CONSTRAINT "child_p_fkey" FOREIGN KEY ("p") REFERENCES "public"."parent" ("id") ON DELETE CASCADE;
COMMIT;
