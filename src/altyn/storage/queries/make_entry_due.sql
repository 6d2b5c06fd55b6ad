-- make_entry_due: makes the waiting entries of a kind and a version of a subject due now, if they are due later. Their
-- attempts and failures stay as they are. An entry that a worker carries out at this moment keeps its lease.
UPDATE outbox SET due_at = :now::timestamptz
WHERE merchant_id = :merchant_id::integer AND subject_id = :subject_id::uuid
  AND version = :version::integer AND kind = :kind::text
  AND state = 'waiting' AND due_at > :now AND lease_until <= now()
RETURNING kind, merchant_id, origin AS host;
