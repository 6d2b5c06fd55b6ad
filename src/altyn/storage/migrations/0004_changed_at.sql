-- 0004_changed_at: an order knows when it was changed last, so that its history cannot run backwards though the
-- clocks of two machines differ, or one has not heard yet that the sandbox's clock was moved.

ALTER TABLE orders ADD COLUMN changed_at timestamptz;  -- null: not since its creation, or before this column
