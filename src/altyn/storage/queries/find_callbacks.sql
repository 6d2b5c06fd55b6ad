-- find_callbacks: callbacks of one merchant or of all, newest first, with their last recorded try. Each merchant's
-- newest are found by its own index, so that it costs as many looks as there are merchants, however many callbacks.
SELECT found.merchant_id, merchants.login, found.subject_id, found.version, found.line,
       found.operation, found.receiver, found.parameters, found.created_at, found.state,
       found.due_at, found.attempts, found.failures, found.settled_at,
       found.state = 'waiting' AND found.lease_until > clock_timestamp() AS on_its_way,
       last.status, last.problem
FROM merchants
CROSS JOIN LATERAL (
    SELECT * FROM outbox
    WHERE outbox.merchant_id = merchants.merchant_id
      AND (:subject_id::uuid IS NULL OR outbox.subject_id = :subject_id)
      AND (:state::text IS NULL OR outbox.state = :state)
      AND (:version::integer IS NULL OR outbox.version = :version)
      AND (:line::smallint IS NULL OR outbox.line = :line)
    ORDER BY outbox.created_at DESC LIMIT :limit::integer) AS found
LEFT JOIN LATERAL (SELECT status, problem FROM deliveries
                   WHERE deliveries.merchant_id = found.merchant_id
                     AND deliveries.subject_id = found.subject_id
                     AND deliveries.version = found.version AND deliveries.line = found.line
                   ORDER BY attempt DESC LIMIT 1) AS last ON true
WHERE :merchant_id::integer IS NULL OR merchants.merchant_id = :merchant_id
ORDER BY found.created_at DESC, found.subject_id, found.version DESC, found.line DESC
LIMIT :limit::integer;
