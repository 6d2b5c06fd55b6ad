-- links_of_shop: when a shop sent payment links after :since, oldest first.
SELECT each AS at
FROM (SELECT unnest(sent) AS each FROM shop_links WHERE shop_links.merchant_id = :merchant_id::integer) AS every
WHERE each > :since::timestamptz
ORDER BY each;
