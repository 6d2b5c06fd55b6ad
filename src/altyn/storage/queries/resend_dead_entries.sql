-- resend_dead_entries: makes dead entries of one kind and merchant due now, with as many attempts as new ones; at most
-- so many, the oldest first.
WITH chosen AS (
    SELECT subject_id, version, line FROM outbox
    WHERE merchant_id = :merchant_id::integer AND kind = :kind::text AND state = 'dead'
      AND settled_at <= :now::timestamptz  -- an entry that is dead again since then is not resent twice
    ORDER BY created_at LIMIT :limit::integer
), resent AS (
    UPDATE outbox SET
        state = 'waiting', due_at = :now::timestamptz, failures = 0, settled_at = NULL
    FROM chosen
    WHERE outbox.merchant_id = :merchant_id AND outbox.subject_id = chosen.subject_id
      AND outbox.version = chosen.version AND outbox.line = chosen.line AND outbox.state = 'dead'
    RETURNING outbox.kind, outbox.merchant_id, outbox.origin
)
SELECT kind, merchant_id, origin AS host, count(*) AS resent
FROM resent GROUP BY kind, merchant_id, origin;
