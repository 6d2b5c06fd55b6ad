-- 0006_outbox_kinds: the outbox holds effects of several kinds; callbacks are the first one.

ALTER TABLE outbox ADD COLUMN kind text NOT NULL DEFAULT 'callback';  -- which handler carries the row out
-- The earliest time of the first attempt, by the gateway's clock; null for an entry that is due with its change.
ALTER TABLE outbox ADD COLUMN not_before timestamptz;
ALTER TABLE outbox ADD COLUMN problem text;  -- why the last attempt failed, in words; null after a success

-- Workers look here for what waits, one delivery queue (kind, merchant, host) after the other.
DROP INDEX outbox_waiting;
CREATE INDEX outbox_queues ON outbox (kind, merchant_id, origin, due_at) WHERE state = 'waiting';
