-- report_attempts: the payments, refunds and payouts of some orders that the bank was asked for.
SELECT order_id, number, kind, state, amount_minor, started_at, answered_at, action_code, rrn, approval_code,
       external_refund_id, payment_way, card ->> 'masked_pan' AS masked_pan
FROM payment_attempts
WHERE merchant_id = :merchant_id::integer AND order_id = ANY (:order_ids::uuid[])
  AND kind IN ('pay', 'refund', 'payout');
