-- finish_export_job: the job is ready, with its file; nothing where another run has taken it over.
WITH finished AS (
    UPDATE export_jobs SET
        state = 'ready', percent = 100, rows_done = :rows_done::integer,
        finished_at = :finished_at::timestamptz, size_bytes = octet_length(:content::bytea)
    WHERE merchant_id = :merchant_id::integer AND job_id = :job_id::uuid
      AND state = 'waiting' AND runs = :runs::smallint
    RETURNING merchant_id, job_id
)
INSERT INTO export_files (merchant_id, job_id, content)
SELECT finished.merchant_id, finished.job_id, :content::bytea FROM finished
RETURNING job_id;
