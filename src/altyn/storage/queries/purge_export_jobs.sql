-- purge_export_jobs: deletes the jobs of all merchants that were asked for before a time, with their files.
DELETE FROM export_jobs WHERE created_at < :before::timestamptz;
