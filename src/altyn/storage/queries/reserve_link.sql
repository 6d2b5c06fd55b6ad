-- reserve_link: count one message more with a payment link of a shop; no row where it has :most of them after :since. With
-- :most 0 there is never a row.
INSERT INTO shop_links (merchant_id, sent)
SELECT shop.merchant_id, ARRAY[:at::timestamptz]
FROM unnest(ARRAY[:merchant_id::integer]) AS shop (merchant_id)
WHERE :most::integer > 0
ON CONFLICT (merchant_id) DO UPDATE SET
    sent = ARRAY(SELECT each FROM unnest(shop_links.sent) AS each WHERE each > :since::timestamptz) || :at::timestamptz
WHERE cardinality(ARRAY(SELECT each FROM unnest(shop_links.sent) AS each WHERE each > :since::timestamptz)) < :most::integer
RETURNING shop_links.merchant_id;
