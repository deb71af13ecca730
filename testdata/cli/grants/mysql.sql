-- What the role `migrator` needs to plan and apply migrations with Chancery in the database `my_app` (mysql).
-- Make the role first, with a password of its own; run this as an administrator, connected to the database.
-- INSERT, UPDATE and DELETE are for the journal's tables `_chancery_…`, and ALTER TABLE needs INSERT
GRANT SELECT, SHOW VIEW, TRIGGER, CREATE TEMPORARY TABLES, CREATE, ALTER, DROP, INDEX, REFERENCES, INSERT, UPDATE, DELETE ON `my\_app`.* TO 'migrator'@'10.0.0.%';
-- optional: with these, a message names the session that a step waits for, whoever's it is; the last two on MySQL only
-- GRANT PROCESS ON *.* TO 'migrator'@'10.0.0.%'
-- GRANT SELECT ON performance_schema.metadata_locks TO 'migrator'@'10.0.0.%'
-- GRANT SELECT ON performance_schema.threads TO 'migrator'@'10.0.0.%'
