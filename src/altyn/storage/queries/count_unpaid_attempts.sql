-- count_unpaid_attempts: how many attempts count with each of the given cards, and from each of the given networks of
-- payers. An attempt that is later than `soon` was made before the sandbox's clock was put back, and does not count.
SELECT merchant_id, 'card' AS kind, card ->> 'fingerprint' AS key, count(*) AS attempts
FROM payment_attempts
WHERE merchant_id = ANY (:merchant_ids::integer[]) AND counted
  AND card ->> 'fingerprint' = ANY (:fingerprints::text[])
  AND started_at > :cards_since::timestamptz AND started_at < :soon::timestamptz
GROUP BY merchant_id, card ->> 'fingerprint'
UNION ALL
SELECT merchant_id, 'address' AS kind, payer_network AS key, count(*) AS attempts
FROM payment_attempts
WHERE merchant_id = ANY (:merchant_ids::integer[]) AND counted
  AND payer_network = ANY (:networks::text[])
  AND started_at > :networks_since::timestamptz AND started_at < :soon::timestamptz
GROUP BY merchant_id, payer_network;
