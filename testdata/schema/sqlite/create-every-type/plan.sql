BEGIN;
-- create table `types`
CREATE TABLE "types" (
  "id" integer PRIMARY KEY,
  "a_int" int,
  "a_bigint" bigint,
  "an_unsigned" unsigned big int,
  "a_text" text,
  "a_varchar" varchar(40),
  "a_char" character(20),
  "a_clob" clob,
  "a_real" real,
  "a_double" double precision,
  "a_float" float,
  "a_decimal" decimal(10,2),
  "a_numeric" numeric,
  "a_boolean" boolean,
  "a_date" date,
  "a_datetime" datetime,
  "a_timestamp" timestamp with time zone,
  "a_blob" blob,
  "a_json" json,
  "a_uuid" UUID
);
COMMIT;
