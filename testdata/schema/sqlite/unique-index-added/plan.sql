BEGIN;
-- create index `idx_users_age`
-- builds-index: all rows of users are read
-- depends-on-rows: it fails if two rows of users have the same values
CREATE UNIQUE INDEX "idx_users_age" ON "users" ("age");
COMMIT;
