BEGIN;
-- create table public.defaults
CREATE TABLE "public"."defaults" (
  "a" integer DEFAULT 0,
  "b" integer DEFAULT '-1'::integer,
  "c" bigint DEFAULT '5000000000'::bigint,
  "d" numeric(10,2) DEFAULT '-1.50'::numeric,
  "e" text DEFAULT 'now()'::text,
  "f" text DEFAULT 'it''s \ odd'::text,
  "g" character varying(5) DEFAULT ''::character varying,
  "h" boolean DEFAULT true,
  "i" timestamp with time zone DEFAULT now(),
  "j" timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
  "k" timestamp without time zone DEFAULT '2026-01-01 00:00:00'::timestamp without time zone,
  "l" uuid DEFAULT gen_random_uuid(),
  "m" jsonb DEFAULT '{"a": [2], "b": 1}'::jsonb,
  "n" text[] DEFAULT '{a,b}'::text[],
  "o" text[] DEFAULT ARRAY['a'::text],
  "p" interval DEFAULT '1 day'::interval,
  "q" date DEFAULT (now() + '1 day'::interval),
  "r" character(4) DEFAULT 'ab'::bpchar,
  "s" double precision DEFAULT 'NaN'::double precision
);
COMMIT;
