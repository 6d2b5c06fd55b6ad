-- count_paid_by_card: how many card payments and payouts of a merchant were approved between two times, at most
-- `enough`. The order may be older.
SELECT count(*) AS paid
FROM (
    SELECT 1 FROM payment_attempts
    WHERE merchant_id = :merchant_id::integer AND kind IN ('pay', 'payout') AND state = 'approved' AND card IS NOT NULL
      AND started_at > :since::timestamptz AND started_at < :soon::timestamptz
    LIMIT :enough::integer
) AS found;
