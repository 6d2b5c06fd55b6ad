-- summaries_end: the end of the hours that may be summarised, the beginning of an hour. It is at least 65 minutes before the
-- oldest transaction that is open: all transactions that began less than an hour after these hours have ended. The
-- other 5 minutes are for a database server whose clock is set back.
SELECT date_trunc('hour', least(now(), min(xact_start)) - interval '65 minutes', 'UTC') AS at
FROM pg_stat_activity WHERE datname = current_database();
