-- find_callbacks: the newest callbacks of one merchant, with the last recorded delivery of each. Executed once for each
-- merchant that is asked for, so that each answer comes from that merchant's own index.
WITH found AS (
    SELECT * FROM outbox
    WHERE merchant_id = :merchant_id::integer AND kind = 'callback'
      AND (:subject_id::uuid IS NULL OR subject_id = :subject_id)
      AND (:state::text IS NULL OR state = :state)
      AND (:version::integer IS NULL OR version = :version)
      AND (:line::smallint IS NULL OR line = :line)
    ORDER BY created_at DESC LIMIT :limit::integer
)
\ir parts/callback_lines.sql
