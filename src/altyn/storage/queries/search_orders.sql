-- search_orders: one page of some merchants' orders, newest first, and the number of all that match. A page after the
-- last one is a single row of nulls with that number. The date of payment is the date of the bank's approval; an order
-- that was never approved is dated by its creation.
WITH found AS (
    SELECT merchant_id, order_id,
           CASE WHEN :by_created::boolean THEN created_at
                ELSE coalesce(deposited_at, approved_at, created_at) END AS dated
    FROM orders
    WHERE orders.merchant_id = ANY (:merchant_ids::integer[])
      AND status = ANY (:statuses::text[])
      AND CASE WHEN :by_created::boolean THEN created_at
               ELSE coalesce(deposited_at, approved_at, created_at) END
          BETWEEN :since::timestamptz AND :until::timestamptz
), page AS (
    SELECT merchant_id, order_id, dated FROM found
    ORDER BY dated DESC, order_id DESC LIMIT :size::integer OFFSET :skip::bigint
), page_orders AS (
    SELECT orders.*, page.dated,
           (SELECT json_agg(attempt ORDER BY attempt.number)::text
            FROM payment_attempts AS attempt
            WHERE attempt.merchant_id = ANY (:merchant_ids::integer[])
              AND attempt.merchant_id = orders.merchant_id AND attempt.order_id = orders.order_id)
           AS attempts
    FROM orders
    JOIN page ON page.merchant_id = orders.merchant_id AND page.order_id = orders.order_id
    WHERE orders.merchant_id = ANY (:merchant_ids::integer[])
)
SELECT page_orders.*, matching.total
FROM (SELECT count(*) AS total FROM found) AS matching
LEFT JOIN page_orders ON true
ORDER BY page_orders.dated DESC, page_orders.order_id DESC;
