-- summarise_hours: summarise the next hours of a merchant, from `until` to `next_until`, and remove the rows of late changes
-- that the new sums contain. All parts see the database at one moment. No row: another process has summarised them.
-- `hours` are the beginnings of the hours, `first_ids` the first order ids of each.
WITH claimed AS (
    UPDATE summarised_hours SET until = :next_until::timestamptz
    WHERE merchant_id = :merchant_id::integer AND until = :until::timestamptz
    RETURNING merchant_id
), contained_changes AS (
    DELETE FROM order_hours USING claimed
    WHERE order_hours.merchant_id = :merchant_id::integer AND claimed.merchant_id = order_hours.merchant_id
      AND hour >= :until::timestamptz AND hour < :next_until::timestamptz
), contained_attempts AS (
    DELETE FROM attempt_hours USING claimed
    WHERE attempt_hours.merchant_id = :merchant_id::integer AND claimed.merchant_id = attempt_hours.merchant_id
      AND hour >= :until::timestamptz AND hour < :next_until::timestamptz
), order_sums AS (
    SELECT merchant_id, width_bucket(created_at, :hours::timestamptz[]) AS place, currency,
           count(*) AS registered, count(approved_at) AS paid, count(*) FILTER (WHERE deposited_minor > 0) AS deposited,
           sum(deposited_minor)::bigint AS turnover_minor, sum(refunded_minor)::bigint AS refunded_minor
    FROM orders
    WHERE merchant_id = :merchant_id::integer
      AND created_at >= :until::timestamptz AND created_at < :next_until::timestamptz
    GROUP BY merchant_id, place, currency
), attempt_sums AS (
    SELECT merchant_id, width_bucket(order_id, :first_ids::uuid[]) AS place, state = 'approved' AS approved,
           CASE WHEN state = 'approved' THEN coalesce(payment_way, '') ELSE '' END AS way,
           CASE WHEN state <> 'approved' THEN action_code END AS code, count(*) AS attempts
    FROM payment_attempts
    WHERE merchant_id = :merchant_id::integer
      AND order_id >= :first_id::uuid AND order_id < :end_id::uuid
      AND kind = 'pay' AND state IN ('approved', 'declined', 'not_sent')
    GROUP BY merchant_id, place, approved, way, code
), added_orders AS (
    INSERT INTO order_hours (merchant_id, hour, currency, registered, paid, deposited, turnover_minor, refunded_minor)
    SELECT merchant_id, (:hours::timestamptz[])[place], currency, registered, paid, deposited, turnover_minor,
           refunded_minor
    FROM order_sums JOIN claimed USING (merchant_id)
), added_attempts AS (
    INSERT INTO attempt_hours (merchant_id, hour, approved, way, action_code, attempts)
    SELECT merchant_id, (:hours::timestamptz[])[place], approved, way, code, attempts
    FROM attempt_sums JOIN claimed USING (merchant_id)
)
SELECT merchant_id FROM claimed;
