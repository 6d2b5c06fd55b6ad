-- settle_entries: saves the results of attempts, with the records of callbacks' deliveries and the news of receipts. A
-- delivered entry stays delivered. The failure of an attempt whose lease has ended, and after which another worker has made the next
-- attempt, changes nothing. The entries behind a settled one, of the same kind, subject and receiver, become due with
-- it: while a shop is away for hours, they are not looked at again and again. Returns the entries with others behind.
WITH attempted AS (
    SELECT * FROM jsonb_to_recordset(:attempts) AS attempted (
        merchant_id integer, subject_id uuid, version integer, line smallint, kind text,
        receiver text, attempt smallint, state text, problem text, settled_at timestamptz,
        due_at timestamptz, at timestamptz, took_ms integer, method text, url text, headers jsonb,
        body text, signed text, checksum text, status integer, answer_headers jsonb, answer text,
        delivery_problem text, failed boolean, receipt_state text, provider_id text, fiscal jsonb)
), settled AS (
    UPDATE outbox SET
        state = attempted.state, due_at = coalesce(attempted.due_at, outbox.due_at),
        lease_until = '-infinity', problem = attempted.problem,
        failures = outbox.failures + attempted.failed::integer,
        settled_at = CASE WHEN attempted.state <> 'waiting' THEN attempted.settled_at END
    FROM attempted
    WHERE outbox.merchant_id = ANY (:merchant_ids::integer[])
      AND outbox.merchant_id = attempted.merchant_id
      AND outbox.subject_id = attempted.subject_id
      AND outbox.version = attempted.version AND outbox.line = attempted.line
      AND outbox.state = 'waiting'
      AND (outbox.attempts = attempted.attempt
           OR attempted.state = 'delivered' AND outbox.receiver = attempted.receiver)
    RETURNING outbox.merchant_id, outbox.subject_id, outbox.version, outbox.line, outbox.kind,
              outbox.receiver,
              CASE outbox.state WHEN 'waiting' THEN outbox.due_at ELSE outbox.settled_at END AS due_at
), behind AS (
    UPDATE outbox AS later SET due_at = greatest(settled.due_at, later.not_before)
    FROM settled
    WHERE later.merchant_id = ANY (:merchant_ids)
      AND later.merchant_id = settled.merchant_id AND later.subject_id = settled.subject_id
      AND later.kind = settled.kind AND later.receiver = settled.receiver
      AND later.state = 'waiting'
      AND (later.version, later.line) > (settled.version, settled.line)
    RETURNING later.merchant_id, later.subject_id, later.kind, later.receiver
), recorded AS (
    INSERT INTO deliveries (merchant_id, subject_id, version, line, attempt, at, took_ms, method,
                            url, headers, body, signed, checksum, status, answer_headers, answer,
                            problem)
    SELECT merchant_id, subject_id, version, line, attempt, at, took_ms, method,
           url, headers, body, signed, checksum, status, answer_headers, answer, delivery_problem
    FROM attempted WHERE method IS NOT NULL  -- only a callback has a record of its delivery
    ON CONFLICT DO NOTHING
), receipted AS (
    -- What a provider has said is true whoever asked; only the first end of a receipt counts.
    UPDATE receipts SET
        state = attempted.receipt_state, changed_at = attempted.settled_at,
        provider_id = coalesce(attempted.provider_id, receipts.provider_id),
        fiscal = coalesce(attempted.fiscal, receipts.fiscal), problem = attempted.problem
    FROM attempted
    WHERE attempted.receipt_state IS NOT NULL
      AND receipts.merchant_id = ANY (:merchant_ids::integer[])
      AND receipts.merchant_id = attempted.merchant_id
      AND receipts.order_id = attempted.subject_id AND receipts.version = attempted.version
      AND receipts.state = 'sent'
)
SELECT merchant_id, subject_id, version, line FROM settled
WHERE (merchant_id, subject_id, kind, receiver)
      IN (SELECT merchant_id, subject_id, kind, receiver FROM behind);
