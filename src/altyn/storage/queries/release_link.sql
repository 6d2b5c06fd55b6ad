-- release_link: a message with a payment link, counted before, was not sent.
UPDATE shop_links SET
    sent = sent[1 : array_position(sent, :at::timestamptz) - 1] || sent[array_position(sent, :at::timestamptz) + 1 :]
WHERE shop_links.merchant_id = :merchant_id::integer AND :at::timestamptz = ANY (sent);
