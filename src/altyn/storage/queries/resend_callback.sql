-- resend_callback: send a callback again, now and with as many tries as a new one, to its address or another.
-- What is on its way this very moment is left to whoever sends it.
UPDATE outbox SET
    state = 'waiting', due_at = :now::timestamptz, failures = 0, settled_at = NULL,
    receiver = coalesce(:receiver::text, receiver), origin = coalesce(:origin::text, origin)
WHERE merchant_id = :merchant_id::integer AND subject_id = :subject_id::uuid
  AND version = :version::integer AND line = :line::smallint
  AND lease_until <= clock_timestamp()
RETURNING merchant_id, origin;
