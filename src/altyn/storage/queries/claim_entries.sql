-- claim_entries: claims entries of one delivery queue (kind, merchant and host) that are due, the longest due first,
-- at most as many as there are slots. The caller has them until the lease ends, in the database's real time: no other
-- worker carries them out meanwhile. Of one kind, subject and receiver only the oldest waiting entry is claimed, so
-- that changes arrive in the order in which they happened.
-- `candidates` counts the entries that could be claimed: when fewer were, another worker was quicker, and there may
-- be more. The constant limit is the most slots that a host can have; as a constant it lets PostgreSQL keep
-- one plan for all queues. Claims of several queues are sent together, one execution for each.
WITH oldest AS (
    SELECT subject_id, version, line FROM outbox
    WHERE merchant_id = :merchant_id::integer AND kind = :kind::text AND origin = :host::text
      AND state = 'waiting' AND due_at <= :now::timestamptz AND lease_until <= now()
      AND NOT EXISTS (
          SELECT FROM outbox AS earlier
          WHERE earlier.merchant_id = :merchant_id AND earlier.subject_id = outbox.subject_id
            AND earlier.kind = :kind AND earlier.receiver = outbox.receiver
            AND earlier.state = 'waiting'
            AND (earlier.version, earlier.line) < (outbox.version, outbox.line))
    ORDER BY due_at LIMIT 32
), candidate AS (
    SELECT subject_id, version, line FROM oldest LIMIT :slots::integer
), claimed AS (
    UPDATE outbox SET
        lease_until = now() + :lease_seconds::integer * interval '1 second',
        attempts = least(outbox.attempts + 1, 32767)
    FROM candidate
    WHERE outbox.merchant_id = :merchant_id AND outbox.subject_id = candidate.subject_id
      AND outbox.version = candidate.version AND outbox.line = candidate.line
      AND outbox.state = 'waiting' AND outbox.lease_until <= now()
    RETURNING outbox.merchant_id, outbox.subject_id, outbox.version, outbox.line, outbox.kind,
              outbox.operation, outbox.receiver, outbox.origin, outbox.parameters,
              outbox.created_at, outbox.attempts, outbox.failures
)
SELECT :merchant_id AS queue_merchant_id, :kind AS queue_kind, :host AS queue_host,
       counted.candidates, claimed.*
FROM (SELECT count(*) AS candidates FROM candidate) AS counted LEFT JOIN claimed ON true;
