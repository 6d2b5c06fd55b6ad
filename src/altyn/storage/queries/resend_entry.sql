-- resend_entry: makes an entry due now, with as many attempts as a new one, for its receiver or for another. An entry
-- that a worker carries out at this moment is left to that worker.
UPDATE outbox SET
    state = 'waiting', due_at = :now::timestamptz, failures = 0, settled_at = NULL,
    receiver = coalesce(:receiver::text, receiver), origin = coalesce(:host::text, origin)
WHERE merchant_id = :merchant_id::integer AND subject_id = :subject_id::uuid
  AND version = :version::integer AND line = :line::smallint AND kind = :kind::text
  AND lease_until <= now()
RETURNING kind, merchant_id, origin AS host;
