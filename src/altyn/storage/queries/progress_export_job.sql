-- progress_export_job: how far a job is, and a new lease; no row where another run has taken it over.
UPDATE export_jobs SET
    rows_done = :rows_done::integer, percent = :percent::smallint,
    lease_until = now() + :lease_seconds::integer * interval '1 second'
WHERE merchant_id = :merchant_id::integer AND job_id = :job_id::uuid
  AND state = 'waiting' AND runs = :runs::smallint
RETURNING job_id;
