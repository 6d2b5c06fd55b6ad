-- claim_export_job: claims the job that has waited longest, until the lease ends in real time. A job whose worker was
-- killed is claimed again then. Two workers that see the same job: the second one gets no row.
WITH oldest AS (
    SELECT merchant_id, job_id FROM export_jobs
    WHERE state = 'waiting' AND lease_until <= now()
    ORDER BY created_at LIMIT 1
)
UPDATE export_jobs SET
    lease_until = now() + :lease_seconds::integer * interval '1 second',
    runs = export_jobs.runs + 1, rows_done = 0, percent = 0
FROM oldest
WHERE export_jobs.merchant_id = oldest.merchant_id AND export_jobs.job_id = oldest.job_id
  AND export_jobs.state = 'waiting' AND export_jobs.lease_until <= now()
RETURNING export_jobs.merchant_id, export_jobs.job_id, export_jobs.kind, export_jobs.format,
    export_jobs.request::text AS request, export_jobs.requested_by, export_jobs.created_at, export_jobs.state,
    export_jobs.runs, export_jobs.rows_done, export_jobs.percent, export_jobs.finished_at, export_jobs.size_bytes,
    export_jobs.problem, true AS running;
