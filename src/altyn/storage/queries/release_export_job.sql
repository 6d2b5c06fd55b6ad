-- release_export_job: gives the lease of an interrupted run back, so that the next worker need not wait for its end. A
-- stop that was meant does not count as a run.
UPDATE export_jobs SET lease_until = '-infinity', runs = runs - 1
WHERE merchant_id = :merchant_id::integer AND job_id = :job_id::uuid
  AND state = 'waiting' AND runs = :runs::smallint;
