-- reserve_link: count one message more with a payment link of a shop; no row where it has :most of them after :since.
INSERT INTO shop_links (merchant_id, sent)
VALUES (:merchant_id::integer, ARRAY[:at::timestamptz])
ON CONFLICT (merchant_id) DO UPDATE SET
    sent = ARRAY(SELECT each FROM unnest(shop_links.sent) AS each WHERE each > :since::timestamptz) || :at::timestamptz
WHERE cardinality(ARRAY(SELECT each FROM unnest(shop_links.sent) AS each WHERE each > :since::timestamptz)) < :most::integer
RETURNING shop_links.merchant_id;
