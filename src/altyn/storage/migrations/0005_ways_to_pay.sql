-- 0005_ways_to_pay: a payment may wait for its payer in any way to pay, not only at the issuer's ACS.
-- The state is called what it is, and each attempt keeps what the payer has to do and what its connector wants back.

ALTER TABLE orders DROP CONSTRAINT orders_status_check;
UPDATE orders SET status = 'waiting' WHERE status = 'authenticating';
ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status IN (
    'created', 'waiting', 'approved', 'deposited', 'reversed', 'refunded', 'declined'));

ALTER TABLE payment_attempts DROP CONSTRAINT payment_attempts_state_check;
ALTER TABLE payment_attempts ADD COLUMN waiting jsonb;  -- what the payer has to do now; null: nothing
ALTER TABLE payment_attempts ADD COLUMN details jsonb NOT NULL DEFAULT '{}';  -- what the connector wants back with later requests
UPDATE payment_attempts SET
    state = 'waiting',
    waiting = jsonb_build_object('kind', 'at_acs', 'url', coalesce(authentication ->> 'acs_url', ''))
WHERE state = 'authenticating';
ALTER TABLE payment_attempts ADD CONSTRAINT payment_attempts_state_check CHECK (state IN (
    'waiting', 'abandoned', 'asked', 'approved', 'pending', 'declined', 'not_sent', 'unknown'));

-- A cart is kept as the text that the shop has sent.
UPDATE orders SET request = jsonb_set(request, '{order_bundle}',
    jsonb_build_object('text', (request -> 'order_bundle')::text))
WHERE request ? 'order_bundle';
