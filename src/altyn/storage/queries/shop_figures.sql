-- shop_figures: the figures of some merchants' orders, by part of a period (days or hours) and currency. Orders that were
-- registered before `summarised_until` are read as sums of hours, later ones one by one. `starts` are the beginnings of the
-- parts, in order, and last the end of the last one; a part is its number among them.
SELECT part, currency, sum(registered)::bigint AS orders, sum(paid)::bigint AS paid, sum(deposited)::bigint AS deposited,
       sum(turnover_minor)::bigint AS turnover_minor, sum(refunded_minor)::bigint AS refunded_minor
FROM (
    SELECT width_bucket(hour, :starts::timestamptz[]) AS part, currency, sum(registered) AS registered, sum(paid) AS paid,
           sum(deposited) AS deposited, sum(turnover_minor) AS turnover_minor, sum(refunded_minor) AS refunded_minor
    FROM order_hours
    WHERE merchant_id = ANY (:merchant_ids::integer[])
      AND hour >= :since::timestamptz AND hour < :summarised_until::timestamptz
    GROUP BY part, currency
    UNION ALL
    SELECT width_bucket(created_at, :starts::timestamptz[]) AS part, currency, count(*), count(approved_at),
           count(*) FILTER (WHERE deposited_minor > 0), sum(deposited_minor), sum(refunded_minor)
    FROM orders
    WHERE merchant_id = ANY (:merchant_ids::integer[])
      AND created_at >= :summarised_until::timestamptz AND created_at < :until::timestamptz
    GROUP BY part, currency
) AS sums
GROUP BY part, currency HAVING sum(registered) <> 0;
