-- shop_days: the figures of some merchants' orders, by day and currency. `starts` are the beginnings of the days, in
-- order, and last the end of the last day; a day is its number among them.
SELECT width_bucket(created_at, :starts::timestamptz[]) AS day, currency,
       count(*) AS orders, count(approved_at) AS paid,
       count(*) FILTER (WHERE deposited_minor > 0) AS deposited,
       sum(deposited_minor)::bigint AS turnover_minor, sum(refunded_minor)::bigint AS refunded_minor
FROM orders
WHERE merchant_id = ANY (:merchant_ids::integer[])
  AND created_at >= :since::timestamptz AND created_at < :until::timestamptz
GROUP BY day, currency;
