-- unknown_migrations: the migrations of the database that this version does not know, the newest first. stops_older: why
-- older processes cannot go on with it; null when they can.
SELECT number, stops_older FROM schema_migrations WHERE number <> ALL (:known::integer[]) ORDER BY number DESC;
