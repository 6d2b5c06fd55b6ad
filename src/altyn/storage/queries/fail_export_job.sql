-- fail_export_job: the job cannot be done, and why; nothing where another run has taken it over.
UPDATE export_jobs SET
    state = 'failed', problem = :problem::text, finished_at = :finished_at::timestamptz
WHERE merchant_id = :merchant_id::integer AND job_id = :job_id::uuid
  AND state = 'waiting' AND runs = :runs::smallint;
