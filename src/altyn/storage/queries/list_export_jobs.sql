-- list_export_jobs: the newest jobs of a merchant, newest first.
SELECT merchant_id, job_id, kind, format, request::text AS request, requested_by, created_at, state, runs,
       rows_done, percent, finished_at, size_bytes, problem,
       state = 'waiting' AND lease_until > now() AS running
FROM export_jobs
WHERE merchant_id = :merchant_id::integer
ORDER BY created_at DESC, job_id DESC LIMIT :limit::integer;
