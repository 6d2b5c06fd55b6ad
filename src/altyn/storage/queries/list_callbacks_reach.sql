-- list_callbacks_reach: the entry after the last one that a page of list_callbacks has looked through; no row where the
-- page has looked through all of them.
SELECT created_at, subject_id AS row_id, version, line FROM outbox
WHERE merchant_id = :merchant_id::integer
  AND (created_at, subject_id, version, line)
      < (:before_at::timestamptz, :before_id::uuid, :before_version::integer, :before_line::smallint)
ORDER BY created_at DESC, subject_id DESC, version DESC, line DESC
OFFSET :looked_through::integer - 1 LIMIT 1;
