-- search_orders: one page of some merchants' orders, newest first, and the count of all of them.
-- The date of payment is when the bank said yes; an order it never said yes to counts by its creation.
WITH found AS (
    SELECT merchant_id, order_id,
           CASE WHEN :by_created::boolean THEN created_at
                ELSE coalesce(deposited_at, approved_at, created_at) END AS dated
    FROM orders
    WHERE merchant_id = ANY (:merchant_ids::integer[]) AND status = ANY (:statuses::text[])
      AND CASE WHEN :by_created::boolean THEN created_at
               ELSE coalesce(deposited_at, approved_at, created_at) END
          BETWEEN :since::timestamptz AND :until::timestamptz
), page AS (
    SELECT merchant_id, order_id, dated FROM found
    ORDER BY dated DESC, order_id DESC LIMIT :size::integer OFFSET :skip::bigint
)
SELECT orders.*,
       (SELECT json_agg(attempt ORDER BY attempt.number)::text FROM payment_attempts AS attempt
        WHERE attempt.merchant_id = orders.merchant_id AND attempt.order_id = orders.order_id)
       AS attempts,
       total
FROM (SELECT count(*) AS total FROM found) AS counted
LEFT JOIN page ON true
LEFT JOIN orders ON orders.merchant_id = page.merchant_id AND orders.order_id = page.order_id
ORDER BY page.dated DESC, page.order_id DESC;
