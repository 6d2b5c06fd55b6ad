-- shop_days: the figures of some merchants' orders, by day and currency. Orders that were registered before
-- `summarised_until` are read as sums of hours, later ones one by one. `starts` are the beginnings of the days, in order, and
-- last the end of the last day; a day is its number among them.
SELECT day, currency, sum(registered)::bigint AS orders, sum(paid)::bigint AS paid, sum(deposited)::bigint AS deposited,
       sum(turnover_minor)::bigint AS turnover_minor, sum(refunded_minor)::bigint AS refunded_minor
FROM (
    SELECT width_bucket(hour, :starts::timestamptz[]) AS day, currency, sum(registered) AS registered, sum(paid) AS paid,
           sum(deposited) AS deposited, sum(turnover_minor) AS turnover_minor, sum(refunded_minor) AS refunded_minor
    FROM order_hours
    WHERE merchant_id = ANY (:merchant_ids::integer[])
      AND hour >= :since::timestamptz AND hour < :summarised_until::timestamptz
    GROUP BY day, currency
    UNION ALL
    SELECT width_bucket(created_at, :starts::timestamptz[]) AS day, currency, count(*), count(approved_at),
           count(*) FILTER (WHERE deposited_minor > 0), sum(deposited_minor), sum(refunded_minor)
    FROM orders
    WHERE merchant_id = ANY (:merchant_ids::integer[])
      AND created_at >= :summarised_until::timestamptz AND created_at < :until::timestamptz
    GROUP BY day, currency
) AS parts
GROUP BY day, currency HAVING sum(registered) <> 0;
