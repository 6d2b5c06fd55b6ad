-- first_entries: the waiting entries of one delivery queue that are due first. An entry that a worker carries out at this
-- moment is left out. Several queues are asked for together, one execution for each.
SELECT kind, merchant_id, subject_id, operation, receiver, origin AS host, parameters::text AS parameters,
       due_at, attempts, problem
FROM outbox
WHERE merchant_id = :merchant_id::integer AND kind = :kind::text AND origin = :host::text
  AND state = 'waiting' AND lease_until <= now()
ORDER BY due_at LIMIT :limit::integer;
