-- claim_callbacks: of each lane (merchant and host) as many callbacks as there are slots, the longest due first.
-- They are the caller's until its lease ends, which is real time: nobody else sends them meanwhile. Of one
-- subject and one address only the oldest is given out, so that changes arrive in the order they happened.
-- `seen` tells how many there were: what another worker took at the same moment is not all there was.
WITH lane AS (
    SELECT * FROM unnest(:merchant_ids::integer[], :origins::text[], :slots::integer[],
                         :lease_seconds::integer[])
        AS lane (merchant_id, origin, slots, lease_seconds)
), ripe AS (
    SELECT ready.*, lane.lease_seconds
    FROM lane CROSS JOIN LATERAL (
        SELECT merchant_id, subject_id, version, line FROM outbox
        WHERE outbox.merchant_id = lane.merchant_id AND outbox.origin = lane.origin
          AND outbox.state = 'waiting' AND outbox.due_at <= :now::timestamptz
          AND outbox.lease_until <= clock_timestamp()
          AND NOT EXISTS (
              SELECT FROM outbox AS earlier
              WHERE earlier.merchant_id = outbox.merchant_id
                AND earlier.subject_id = outbox.subject_id
                AND earlier.receiver = outbox.receiver AND earlier.state = 'waiting'
                AND (earlier.version, earlier.line) < (outbox.version, outbox.line))
        ORDER BY outbox.due_at LIMIT lane.slots) AS ready
), claimed AS (
    UPDATE outbox SET
        lease_until = clock_timestamp() + ripe.lease_seconds * interval '1 second',
        attempts = least(outbox.attempts + 1, 32767)
    FROM ripe
    WHERE outbox.merchant_id = ripe.merchant_id AND outbox.subject_id = ripe.subject_id
      AND outbox.version = ripe.version AND outbox.line = ripe.line
      AND outbox.state = 'waiting' AND outbox.lease_until <= clock_timestamp()
    RETURNING outbox.merchant_id, outbox.subject_id, outbox.version, outbox.line,
              outbox.operation, outbox.receiver, outbox.parameters, outbox.created_at,
              outbox.attempts, outbox.failures
)
SELECT looked.seen, claimed.*
FROM (SELECT count(*) AS seen FROM ripe) AS looked LEFT JOIN claimed ON true;
