BEGIN;
-- replace index `idx_users_email`
-- builds-index: all rows of users are read
-- weakens-integrity: two rows of users may have the same values
DROP INDEX "idx_users_email";
CREATE INDEX "idx_users_email" ON "users" ("email");
-- create index `both`
-- builds-index: all rows of users are read
CREATE INDEX "both" ON "users" ("email", "age");
-- rename index `old_name` to `renamed`
DROP INDEX "old_name";
CREATE INDEX "renamed" ON "users" ("age");
-- drop index `idx_users_age_id`
-- drops-index: queries of users may become slower
DROP INDEX "idx_users_age_id";
COMMIT;
