-- newest_migration: the number of the newest migration that was applied to the database.
SELECT max(number) AS number FROM schema_migrations;
