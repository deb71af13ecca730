BEGIN;
-- create table `defaults`
CREATE TABLE "defaults" (
  "id" integer PRIMARY KEY,
  "whole" integer DEFAULT 5,
  "negative" integer DEFAULT -5,
  "fraction" real DEFAULT 1.5,
  "quoted_number" integer DEFAULT '7',
  "expression" integer DEFAULT (strftime('%s', 'now')),
  "bare_expression" integer DEFAULT (1 + 2 * 3),
  "word" text DEFAULT 'new',
  "empty" text DEFAULT '',
  "apostrophe" text DEFAULT 'it''s',
  "looks_bad" text DEFAULT '0); DROP TABLE defaults; --',
  "looks_like_call" text DEFAULT 'now()',
  "created" datetime DEFAULT CURRENT_TIMESTAMP,
  "created_text" text DEFAULT CURRENT_TIMESTAMP,
  "day" date DEFAULT '2020-01-02',
  "flag" boolean DEFAULT true,
  "nothing" integer DEFAULT null,
  "state" status DEFAULT 'active',
  "bytes" blob DEFAULT x'00ff'
);
COMMIT;
