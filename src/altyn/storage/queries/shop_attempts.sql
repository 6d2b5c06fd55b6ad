-- shop_attempts: how the attempts to pay of some merchants' orders have ended, by way and action code. Orders that were
-- registered before `summarised_until` are read as sums of hours; the later ones are those whose ids are from `first_id` on
-- and below `end_id`: an id begins with the time of the registration.
SELECT approved, way, action_code, sum(attempts)::bigint AS attempts
FROM (
    SELECT approved, way, action_code, sum(attempts) AS attempts
    FROM attempt_hours
    WHERE merchant_id = ANY (:merchant_ids::integer[])
      AND hour >= :since::timestamptz AND hour < :summarised_until::timestamptz
    GROUP BY approved, way, action_code
    UNION ALL
    SELECT state = 'approved' AS approved, coalesce(payment_way, '') AS way, action_code, count(*)
    FROM payment_attempts
    WHERE merchant_id = ANY (:merchant_ids::integer[])
      AND order_id >= :first_id::uuid AND order_id < :end_id::uuid
      AND kind = 'pay' AND state IN ('approved', 'declined', 'not_sent')
    GROUP BY approved, way, action_code
) AS parts
GROUP BY approved, way, action_code HAVING sum(attempts) <> 0;
