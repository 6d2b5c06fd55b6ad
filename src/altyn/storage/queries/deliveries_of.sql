-- deliveries_of: every recorded delivery of one callback, the first one first.
SELECT attempt, at, took_ms, method, url, headers, body, signed, checksum, status, answer_headers,
       answer, problem
FROM deliveries
WHERE merchant_id = :merchant_id::integer AND subject_id = :subject_id::uuid
  AND version = :version::integer AND line = :line::smallint
ORDER BY attempt;
