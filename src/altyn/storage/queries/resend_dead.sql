-- resend_dead: send callbacks of a merchant again that were given up, at most so many, the oldest first; now, and with
-- as many tries as new ones.
WITH chosen AS (
    SELECT merchant_id, subject_id, version, line FROM outbox
    WHERE merchant_id = :merchant_id::integer AND state = 'dead'
      AND settled_at <= :now::timestamptz  -- not again what has died again meanwhile
    ORDER BY created_at LIMIT :limit::integer
), resent AS (
    UPDATE outbox SET
        state = 'waiting', due_at = :now::timestamptz, failures = 0, settled_at = NULL
    FROM chosen
    WHERE outbox.merchant_id = chosen.merchant_id AND outbox.subject_id = chosen.subject_id
      AND outbox.version = chosen.version AND outbox.line = chosen.line AND outbox.state = 'dead'
    RETURNING outbox.merchant_id, outbox.origin
)
SELECT merchant_id, origin, count(*) AS resent FROM resent GROUP BY merchant_id, origin;
