-- shop_attempts: how the attempts to pay of some merchants' orders have ended, by way and action code. The orders are
-- those whose ids are from `first_id` on and below `end_id`: an id begins with the time of the registration.
SELECT state = 'approved' AS approved, coalesce(payment_way, '') AS way, action_code, count(*) AS attempts
FROM payment_attempts
WHERE merchant_id = ANY (:merchant_ids::integer[])
  AND order_id >= :first_id::uuid AND order_id < :end_id::uuid
  AND kind = 'pay' AND state IN ('approved', 'declined', 'not_sent')
GROUP BY approved, way, action_code;
