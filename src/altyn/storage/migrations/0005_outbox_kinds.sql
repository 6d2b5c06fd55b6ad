-- 0005_outbox_kinds: the outbox holds effects of several kinds; callbacks are the first one.
-- Rolling upgrade: a process of the previous version writes rows without a kind, which are callbacks, and it sends
-- every row as a callback. Another kind may be used when no such process runs any more.
-- The index outbox_waiting serves processes of the previous version; a later migration drops it.

ALTER TABLE outbox ADD COLUMN kind text NOT NULL DEFAULT 'callback';  -- which handler carries the row out
-- The earliest time of the first attempt, by the gateway's clock; null for an entry that is due with its change.
ALTER TABLE outbox ADD COLUMN not_before timestamptz;
ALTER TABLE outbox ADD COLUMN problem text;  -- why the last attempt failed, in words; null after a success

-- Workers look here for what waits, one delivery queue (kind, merchant, host) after the other.
CREATE INDEX outbox_queues ON outbox (kind, merchant_id, origin, due_at) WHERE state = 'waiting';
