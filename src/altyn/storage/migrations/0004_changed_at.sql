-- 0004_changed_at: orders keep the time of their last change, so that the history cannot run backwards when the clocks
-- of two machines differ, or one process has not received a move of the sandbox's clock yet.

ALTER TABLE orders ADD COLUMN changed_at timestamptz;  -- null: not since its creation, or before this column
