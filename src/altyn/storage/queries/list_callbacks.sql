-- list_callbacks: one page of one merchant's callbacks, newest first, after a place in the list, with the last recorded
-- delivery of each. The inner select walks the index by date and ends after so many entries of all kinds.
WITH found AS (
    SELECT * FROM (
        SELECT * FROM outbox
        WHERE merchant_id = :merchant_id::integer
          AND (created_at, subject_id, version, line)
              < (:before_at::timestamptz, :before_id::uuid, :before_version::integer, :before_line::smallint)
        ORDER BY created_at DESC, subject_id DESC, version DESC, line DESC
        LIMIT :looked_through::integer
    ) AS looked_through
    WHERE kind = 'callback' AND (:state::text IS NULL OR state = :state)
    ORDER BY created_at DESC, subject_id DESC, version DESC, line DESC LIMIT :size::integer
)
\ir parts/callback_lines.sql
