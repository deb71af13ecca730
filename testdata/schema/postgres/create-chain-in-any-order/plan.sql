BEGIN;
-- create table public.a
CREATE TABLE "public"."a" (
  "id" integer NOT NULL,
  CONSTRAINT "a_pkey" PRIMARY KEY ("id")
);
-- create table public.b
CREATE TABLE "public"."b" (
  "id" integer NOT NULL,
  "a" integer,
  CONSTRAINT "b_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "b_a_fkey" FOREIGN KEY ("a") REFERENCES "public"."a" ("id") ON DELETE CASCADE
);
-- create table public.c
CREATE TABLE "public"."c" (
  "id" integer NOT NULL,
  "b" integer,
  CONSTRAINT "c_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "c_b_fkey" FOREIGN KEY ("b") REFERENCES "public"."b" ("id")
);
COMMIT;
