-- purge_requests: deletes the requests that are older than a number of days, and the oldest ones above a number.
DELETE FROM request_log
WHERE written_at < now() - :days::integer * interval '1 day'
   OR request_id <= (SELECT request_id FROM request_log ORDER BY request_id DESC OFFSET :keep::integer LIMIT 1);
