-- claim_unsettled: the attempts whose outcome the bank should be asked for now, longest due first. A claim moves the
-- next inquiry to `lease_until`, so that no two workers ask about the same attempt. An attempt that was asked after
-- `asked_before` is left out: the answer to its own request may still arrive.
WITH due AS (
    SELECT merchant_id, order_id, number, inquire_at FROM payment_attempts
    WHERE state IN ('asked', 'pending', 'unknown') AND inquire_at <= :now::timestamptz
      AND (state <> 'asked' OR started_at <= :asked_before::timestamptz)
    ORDER BY inquire_at LIMIT :limit::integer
)
UPDATE payment_attempts AS attempt SET inquire_at = :lease_until::timestamptz
FROM due
WHERE attempt.merchant_id = due.merchant_id AND attempt.order_id = due.order_id
  AND attempt.number = due.number AND attempt.inquire_at = due.inquire_at
RETURNING attempt.merchant_id, attempt.order_id, attempt.number;
