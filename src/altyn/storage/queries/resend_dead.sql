-- resend_dead: send all callbacks of a merchant again that were given up, now and with as many tries as new ones.
WITH resent AS (
    UPDATE outbox SET
        state = 'waiting', due_at = :now::timestamptz, failures = 0, settled_at = NULL
    WHERE merchant_id = :merchant_id::integer AND state = 'dead'
    RETURNING merchant_id, origin
)
SELECT merchant_id, origin, count(*) AS resent FROM resent GROUP BY merchant_id, origin;
