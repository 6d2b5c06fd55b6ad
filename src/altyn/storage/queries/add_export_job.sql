-- add_export_job: a job that waits for a worker; no row where the merchant has so many waiting ones already,
-- or one with this id, because its form was sent before.
WITH open_jobs AS (
    SELECT count(*) AS waiting FROM export_jobs
    WHERE merchant_id = :merchant_id::integer AND state = 'waiting'
)
INSERT INTO export_jobs (merchant_id, job_id, kind, format, request, requested_by, created_at)
SELECT :merchant_id::integer, :job_id::uuid, :kind::text, :format::text, :request::text::jsonb,
       :requested_by::text, :created_at::timestamptz
FROM open_jobs WHERE open_jobs.waiting < :waiting_max::integer
ON CONFLICT (merchant_id, job_id) DO NOTHING
RETURNING job_id;
