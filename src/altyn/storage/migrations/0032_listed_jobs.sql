-- 0032_listed_jobs: the reports and exports of a shop are listed page by page, newest first. An index only.

CREATE INDEX export_jobs_listed ON export_jobs (merchant_id, created_at, job_id);
