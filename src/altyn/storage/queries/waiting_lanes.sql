-- waiting_lanes: where callbacks wait (merchant and host), and when the first of each is due. Steps from lane to
-- lane along the index, so that it costs the same whatever stands in a lane.
WITH RECURSIVE lane AS (
    (SELECT merchant_id, origin FROM outbox WHERE state = 'waiting'
     ORDER BY merchant_id, origin LIMIT 1)
    UNION ALL
    SELECT following.merchant_id, following.origin
    FROM lane CROSS JOIN LATERAL (
        SELECT merchant_id, origin FROM outbox
        WHERE state = 'waiting' AND (merchant_id, origin) > (lane.merchant_id, lane.origin)
        ORDER BY merchant_id, origin LIMIT 1) AS following
)
SELECT merchant_id, origin,
       (SELECT due_at FROM outbox
        WHERE outbox.state = 'waiting' AND outbox.merchant_id = lane.merchant_id
          AND outbox.origin = lane.origin
        ORDER BY due_at LIMIT 1) AS due_at
FROM lane;
