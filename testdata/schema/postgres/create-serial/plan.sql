BEGIN;
-- create table public.numbered
CREATE TABLE "public"."numbered" (
  "id" serial NOT NULL,
  "big" bigserial NOT NULL,
  "small" smallserial NOT NULL,
  CONSTRAINT "numbered_pkey" PRIMARY KEY ("id")
);
COMMIT;
