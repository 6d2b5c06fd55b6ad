-- queue_depths: for each merchant how many callbacks wait, and since when the oldest does.
SELECT login, count(*) AS waiting, min(outbox.created_at) AS oldest
FROM outbox JOIN merchants USING (merchant_id)
WHERE state = 'waiting'
GROUP BY login;
