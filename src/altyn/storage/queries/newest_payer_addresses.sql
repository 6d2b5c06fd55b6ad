-- newest_payer_addresses: how many of a merchant's newest orders since a moment are of static links and pay buttons and have a
-- payer's address: this one, or any of IPv6, whose networks the caller compares. Walks the index by date, and ends after
-- so many orders.
SELECT payer_ip, count(*)::integer AS orders
FROM (
    SELECT payer_ip, params FROM orders
    WHERE merchant_id = :merchant_id::integer AND created_at > :since::timestamptz
    ORDER BY created_at DESC LIMIT :looked_through::integer
) AS newest
WHERE params ? 'paymentLink' AND (payer_ip = :address::text OR payer_ip LIKE '%:%')
GROUP BY payer_ip;
