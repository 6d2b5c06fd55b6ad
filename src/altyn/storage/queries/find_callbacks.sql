-- find_callbacks: callbacks of one merchant or of all, newest first, with their last recorded try.
SELECT outbox.merchant_id, merchants.login, outbox.subject_id, outbox.version, outbox.line,
       outbox.operation, outbox.receiver, outbox.parameters, outbox.created_at, outbox.state,
       outbox.due_at, outbox.attempts, outbox.failures, outbox.settled_at,
       outbox.state = 'waiting' AND outbox.lease_until > clock_timestamp() AS on_its_way,
       last.status, last.problem
FROM outbox JOIN merchants USING (merchant_id)
LEFT JOIN LATERAL (SELECT status, problem FROM deliveries
                   WHERE deliveries.merchant_id = outbox.merchant_id
                     AND deliveries.subject_id = outbox.subject_id
                     AND deliveries.version = outbox.version AND deliveries.line = outbox.line
                   ORDER BY attempt DESC LIMIT 1) AS last ON true
WHERE (:merchant_id::integer IS NULL OR outbox.merchant_id = :merchant_id)
  AND (:subject_id::uuid IS NULL OR outbox.subject_id = :subject_id)
  AND (:state::text IS NULL OR outbox.state = :state)
  AND (:version::integer IS NULL OR outbox.version = :version)
  AND (:line::smallint IS NULL OR outbox.line = :line)
ORDER BY outbox.created_at DESC, outbox.subject_id, outbox.version DESC, outbox.line DESC
LIMIT :limit::integer;
