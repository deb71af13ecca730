-- What the role `it's "me"; DROP ROLE x` needs to plan and apply migrations with Chancery in the database `App` (postgres).
-- Make the role first, with a password of its own; run this as an administrator, connected to the database.
GRANT CONNECT, TEMPORARY, CREATE ON DATABASE "App" TO "it's ""me""; DROP ROLE x";
-- CREATE on the database is for the journal's schema "_chancery"; without it, the journal's tables are made in the schema below
GRANT USAGE, CREATE ON SCHEMA "shop" TO "it's ""me""; DROP ROLE x";
-- only its owner may alter a table: for tables that exist, GRANT their owner TO "it's ""me""; DROP ROLE x"
-- GRANT pg_read_all_stats TO "it's ""me""; DROP ROLE x", to be told how long others' transactions have been in the way
