-- waiting_queues: the delivery queues (kind, merchant, host) in which entries of some kinds wait, and when the first
-- entry of each is due. Steps from queue to queue along the index outbox_queues, so that the cost depends on the number
-- of queues, not on the number of entries. Looks at the queues of all merchants on purpose: it finds entries
-- whose notification was lost, so it has no merchant to name and visits every shard.
WITH RECURSIVE queue AS (
    SELECT (SELECT ARRAY[kind, merchant_id::text, origin] FROM outbox
            WHERE state = 'waiting'
            ORDER BY kind, merchant_id, origin LIMIT 1) AS key
    UNION ALL
    SELECT (SELECT ARRAY[kind, merchant_id::text, origin] FROM outbox
            WHERE state = 'waiting'
              AND (kind, merchant_id, origin) > (queue.key[1], queue.key[2]::integer, queue.key[3])
            ORDER BY kind, merchant_id, origin LIMIT 1)
    FROM queue WHERE queue.key IS NOT NULL
)
SELECT key[1] AS kind, key[2]::integer AS merchant_id, key[3] AS host,
       (SELECT due_at FROM outbox
        WHERE state = 'waiting' AND outbox.kind = key[1]
          AND outbox.merchant_id = key[2]::integer AND outbox.origin = key[3]
        ORDER BY due_at LIMIT 1) AS due_at
FROM queue WHERE key[1] = ANY (:kinds::text[]);
