-- count_paid_by_card: how many orders of a merchant were paid by card after a time, at most `enough`. Only orders that
-- were registered after `registered_since` are looked at.
SELECT count(*) AS paid
FROM (
    SELECT 1 FROM orders
    WHERE orders.merchant_id = :merchant_id::integer
      AND orders.created_at > :registered_since::timestamptz AND orders.approved_at > :since::timestamptz
      AND EXISTS (
          SELECT 1 FROM payment_attempts AS attempt
          WHERE attempt.merchant_id = :merchant_id::integer AND attempt.order_id = orders.order_id
            AND attempt.kind = 'pay' AND attempt.state = 'approved' AND attempt.card IS NOT NULL)
    LIMIT :enough::integer
) AS found;
