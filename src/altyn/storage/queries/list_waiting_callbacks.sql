-- list_waiting_callbacks: as list_callbacks, of one state. The queues of the workers have them alone, and a page sorts them.
WITH found AS (
    SELECT * FROM outbox
    WHERE merchant_id = :merchant_id::integer AND kind = 'callback' AND state = 'waiting'
      AND (created_at, subject_id, version, line)
          < (:before_at::timestamptz, :before_id::uuid, :before_version::integer, :before_line::smallint)
    ORDER BY created_at DESC, subject_id DESC, version DESC, line DESC LIMIT :size::integer
)
\ir parts/callback_lines.sql
