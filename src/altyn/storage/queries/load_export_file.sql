-- load_export_file: the file of a job that is ready.
SELECT content FROM export_files
WHERE merchant_id = :merchant_id::integer AND job_id = :job_id::uuid;
