-- claim_unsettled: attempts whose outcome at the bank should be asked after now, longest due first. The
-- claim puts them off until `lease_until`, so that no two workers ask about the same one. An attempt
-- that was just asked is left alone until `asked_before`: its own request may still bring the answer.
WITH ripe AS (
    SELECT merchant_id, order_id, number, inquire_at FROM payment_attempts
    WHERE state IN ('asked', 'pending', 'unknown') AND inquire_at <= :now::timestamptz
      AND (state <> 'asked' OR started_at <= :asked_before::timestamptz)
    ORDER BY inquire_at LIMIT :limit::integer
)
UPDATE payment_attempts AS attempt SET inquire_at = :lease_until::timestamptz
FROM ripe
WHERE attempt.merchant_id = ripe.merchant_id AND attempt.order_id = ripe.order_id
  AND attempt.number = ripe.number AND attempt.inquire_at = ripe.inquire_at
RETURNING attempt.merchant_id, attempt.order_id, attempt.number;
