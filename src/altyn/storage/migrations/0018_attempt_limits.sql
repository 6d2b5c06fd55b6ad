-- 0018_attempt_limits: what the limits against card testing count. The attempts are the counts: no other table is kept.

ALTER TABLE payment_attempts ADD COLUMN payer_network text;  -- the payer's address; of IPv6 its first half
ALTER TABLE payment_attempts ADD COLUMN counted boolean NOT NULL DEFAULT false;  -- a card payment, begun and not paid

-- how many attempts with one card are not paid
CREATE INDEX payment_attempts_of_card
    ON payment_attempts (merchant_id, (card ->> 'fingerprint'), started_at) WHERE counted;
-- how many attempts from one address are not paid
CREATE INDEX payment_attempts_of_network
    ON payment_attempts (merchant_id, payer_network, started_at) WHERE counted AND payer_network IS NOT NULL;
-- how many card payments of a merchant are refused
CREATE INDEX payment_attempts_refused
    ON payment_attempts (merchant_id, started_at) WHERE counted AND state = 'declined';
