-- count_refused_attempts: how many card payments of a merchant were refused between two times.
SELECT count(*) AS refusals
FROM payment_attempts
WHERE merchant_id = :merchant_id::integer AND counted AND state = 'declined'
  AND started_at > :since::timestamptz AND started_at < :soon::timestamptz;
