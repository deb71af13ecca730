BEGIN;
-- create table public.a_table_name_that_has_just_exactly_as_many_bytes_as_are_allowed
CREATE TABLE "public"."a_table_name_that_has_just_exactly_as_many_bytes_as_are_allowed" (
  "id" integer NOT NULL,
  "another_column_of_some_length" integer,
  CONSTRAINT "a_table_name_that_has_just_exactly_as_many_bytes_as_are_al_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "a_table_name_that_has_just_exactly_as_many_bytes_as_are_allowed" FOREIGN KEY ("another_column_of_some_length") REFERENCES "public"."a_table_name_that_has_just_exactly_as_many_bytes_as_are_allowed" ("id")
);
CREATE INDEX "idx_a_table_name_that_has_just_exactly_as_many_bytes_as_are_all" ON "public"."a_table_name_that_has_just_exactly_as_many_bytes_as_are_allowed" USING "btree" ("another_column_of_some_length");
COMMIT;
