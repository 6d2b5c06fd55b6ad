-- settle_callbacks: what became of some tries, with everything that went over the wire. What has arrived stays
-- arrived; the failure of a try whose lease has ended, and which another has repeated, changes nothing.
-- What waits behind them, of the same subject for the same address, becomes due with them: a shop that is away for
-- hours must not be looked through again and again. Answers those behind which something waits.
WITH tried AS (
    SELECT * FROM jsonb_to_recordset(:deliveries) AS tried (
        merchant_id integer, subject_id uuid, version integer, line smallint, receiver text,
        attempt smallint, outcome text, settled_at timestamptz, due_at timestamptz, at timestamptz,
        took_ms integer, method text, url text, headers jsonb, body text, signed text,
        checksum text, status integer, answer_headers jsonb, answer text, problem text)
), settled AS (
    UPDATE outbox SET
        state = tried.outcome, due_at = coalesce(tried.due_at, outbox.due_at),
        lease_until = '-infinity',
        failures = outbox.failures + (tried.outcome <> 'delivered')::integer,
        settled_at = CASE WHEN tried.outcome <> 'waiting' THEN tried.settled_at END
    FROM tried
    WHERE outbox.merchant_id = tried.merchant_id AND outbox.subject_id = tried.subject_id
      AND outbox.version = tried.version AND outbox.line = tried.line
      AND outbox.state = 'waiting'
      AND (outbox.attempts = tried.attempt
           OR tried.outcome = 'delivered' AND outbox.receiver = tried.receiver)
    RETURNING outbox.merchant_id, outbox.subject_id, outbox.version, outbox.line, outbox.receiver,
              CASE outbox.state WHEN 'waiting' THEN outbox.due_at ELSE outbox.settled_at END AS then
), behind AS (
    UPDATE outbox AS later SET due_at = settled.then
    FROM settled
    WHERE later.merchant_id = settled.merchant_id AND later.subject_id = settled.subject_id
      AND later.receiver = settled.receiver AND later.state = 'waiting'
      AND (later.version, later.line) > (settled.version, settled.line)
    RETURNING later.merchant_id, later.subject_id, later.receiver
), kept AS (
    INSERT INTO deliveries (merchant_id, subject_id, version, line, attempt, at, took_ms, method,
                            url, headers, body, signed, checksum, status, answer_headers, answer,
                            problem)
    SELECT merchant_id, subject_id, version, line, attempt, at, took_ms, method,
           url, headers, body, signed, checksum, status, answer_headers, answer, problem
    FROM tried
    ON CONFLICT DO NOTHING
)
SELECT subject_id, version, line FROM settled
WHERE (merchant_id, subject_id, receiver) IN (SELECT merchant_id, subject_id, receiver FROM behind);
