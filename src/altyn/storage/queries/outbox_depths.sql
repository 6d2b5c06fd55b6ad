-- outbox_depths: for each kind and merchant how many entries wait, and when the oldest was created. Counts the entries
-- of all merchants on purpose, and so visits every shard.
SELECT kind, login, count(*) AS waiting, min(outbox.created_at) AS oldest
FROM outbox JOIN merchants ON merchants.merchant_id = outbox.merchant_id
WHERE state = 'waiting'
GROUP BY kind, login;
