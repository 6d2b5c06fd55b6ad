-- add_up_late_changes: where a summarised hour of a merchant has several rows, make one row of them. Several processes may
-- do it at once: each row is removed by one of them, which puts its numbers into the new row.
WITH order_keys AS (
    SELECT hour, currency FROM order_hours
    WHERE merchant_id = :merchant_id::integer
      AND hour >= :since::timestamptz AND hour < :until::timestamptz
    GROUP BY hour, currency HAVING count(*) > 1
), attempt_keys AS (
    SELECT DISTINCT hour FROM attempt_hours
    WHERE merchant_id = :merchant_id::integer
      AND hour >= :since::timestamptz AND hour < :until::timestamptz
    GROUP BY hour, approved, way, action_code HAVING count(*) > 1
), removed_orders AS (
    DELETE FROM order_hours USING order_keys
    WHERE order_hours.merchant_id = :merchant_id::integer
      AND order_hours.hour = order_keys.hour AND order_hours.currency = order_keys.currency
    RETURNING order_hours.*
), removed_attempts AS (
    DELETE FROM attempt_hours USING attempt_keys
    WHERE attempt_hours.merchant_id = :merchant_id::integer AND attempt_hours.hour = attempt_keys.hour
    RETURNING attempt_hours.*
), added_orders AS (
    INSERT INTO order_hours (merchant_id, hour, currency, registered, paid, deposited, turnover_minor, refunded_minor)
    SELECT merchant_id, hour, currency, sum(registered), sum(paid), sum(deposited), sum(turnover_minor), sum(refunded_minor)
    FROM removed_orders GROUP BY merchant_id, hour, currency
)
INSERT INTO attempt_hours (merchant_id, hour, approved, way, action_code, attempts)
SELECT merchant_id, hour, approved, way, action_code, sum(attempts)
FROM removed_attempts GROUP BY merchant_id, hour, approved, way, action_code HAVING sum(attempts) <> 0;
