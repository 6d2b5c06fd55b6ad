-- busy_merchants: those of some merchants that have registered so many orders in a period.
SELECT merchant_id FROM orders
WHERE merchant_id = ANY (:merchant_ids::integer[])
  AND created_at >= :since::timestamptz AND created_at < :until::timestamptz
GROUP BY merchant_id HAVING count(*) >= :orders_min::integer;
