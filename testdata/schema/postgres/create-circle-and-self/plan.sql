BEGIN;
-- create table public.one
CREATE TABLE "public"."one" (
  "id" integer NOT NULL,
  "two" integer,
  "up" integer,
  CONSTRAINT "one_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "one_up_fkey" FOREIGN KEY ("up") REFERENCES "public"."one" ("id")
);
-- create table public.two
CREATE TABLE "public"."two" (
  "id" integer NOT NULL,
  "one" integer,
  CONSTRAINT "two_pkey" PRIMARY KEY ("id")
);
-- add foreign key one_two_fkey to public.one
ALTER TABLE "public"."one" ADD CONSTRAINT "one_two_fkey" FOREIGN KEY ("two") REFERENCES "public"."two" ("id") ON DELETE SET NULL;
-- add foreign key two_one_fkey to public.two
ALTER TABLE "public"."two" ADD CONSTRAINT "two_one_fkey" FOREIGN KEY ("one") REFERENCES "public"."one" ("id");
COMMIT;
