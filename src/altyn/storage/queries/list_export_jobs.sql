-- list_export_jobs: one page of a merchant's jobs of some kinds, newest first, after a place in the list. Jobs about
-- shops that are not `visible` (an array in JSON) are left out; a job that names no shop is about the merchant itself.
-- Of a CASE the planner expects half of the rows, of `<@` one in a thousand, and then it would sort all jobs.
SELECT merchant_id, job_id, kind, format, request::text AS request, requested_by, created_at, state, runs,
       rows_done, percent, finished_at, size_bytes, problem,
       state = 'waiting' AND lease_until > now() AS running
FROM export_jobs
WHERE merchant_id = :merchant_id::integer
  AND (created_at, job_id) < (:before_at::timestamptz, :before_id::uuid)
  AND kind = ANY (:kinds::text[])
  AND CASE WHEN coalesce(request #> '{orders,merchant_ids}', request -> 'merchant_ids', '[]') <@ :visible::text::jsonb
           THEN true ELSE false END
ORDER BY created_at DESC, job_id DESC LIMIT :size::integer;
