-- open_entries: the first entries of one delivery queue that are due and not carried out, with what went wrong last.
SELECT kind, subject_id, due_at, problem FROM outbox
WHERE merchant_id = :merchant_id::integer AND kind = :kind::text AND origin = :host::text
  AND state = 'waiting' AND due_at <= :until::timestamptz
ORDER BY due_at LIMIT :limit::integer;
