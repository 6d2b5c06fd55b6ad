-- callback_lines: the callbacks of `found`, which are of one merchant, with the last recorded delivery of each. The problem
-- is that of the last attempt, which has no recorded delivery where the handler itself failed.
SELECT found.merchant_id, merchants.login, found.subject_id, found.version, found.line,
       found.operation, found.receiver, found.parameters, found.created_at, found.state,
       found.due_at, found.attempts, found.failures, found.settled_at,
       found.state = 'waiting' AND found.lease_until > now() AS is_sending,
       last.status, coalesce(found.problem, last.problem) AS problem
FROM found
JOIN merchants USING (merchant_id)
LEFT JOIN deliveries AS last
  ON last.merchant_id = :merchant_id AND last.subject_id = found.subject_id
 AND last.version = found.version AND last.line = found.line
 AND last.attempt = (SELECT max(attempt) FROM deliveries AS recorded
                     WHERE recorded.merchant_id = :merchant_id
                       AND recorded.subject_id = found.subject_id
                       AND recorded.version = found.version AND recorded.line = found.line);
