-- What the role `migrator` needs to plan and apply migrations with Chancery in the database `app` (postgres).
-- Make the role first, with a password of its own; run this as an administrator, connected to the database.
GRANT CONNECT, TEMPORARY, CREATE ON DATABASE "app" TO "migrator";
-- CREATE on the database is for the journal's schema "_chancery"; without it, the journal's tables are made in the schema below
GRANT USAGE, CREATE ON SCHEMA "public" TO "migrator";
-- only its owner may alter a table: for tables that exist, GRANT their owner TO "migrator"
-- GRANT pg_read_all_stats TO "migrator", to be told how long others' transactions have been in the way
