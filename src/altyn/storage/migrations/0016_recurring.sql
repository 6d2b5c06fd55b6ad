-- 0016_recurring: the terms of recurring payments, and the chain of a stored credential.
-- Older processes stop: they can store no card, because their statement names the former unique index

ALTER TABLE bindings
    ADD COLUMN recurring_days         integer CHECK (recurring_days BETWEEN 1 AND 28),
    ADD COLUMN recurring_until        text CHECK (recurring_until ~ '^[0-9]{8}$'),
    ADD COLUMN charged_at             timestamptz,
    ADD COLUMN network_transaction_id text;

ALTER TABLE bindings ADD CONSTRAINT bindings_recurring_pair
    CHECK ((recurring_days IS NULL) = (recurring_until IS NULL));

-- a client has a card once for each purpose: payments of the client, and recurring payments of the shop
DROP INDEX bindings_active_card;
CREATE UNIQUE INDEX bindings_active_card ON bindings (merchant_id, client_id, fingerprint, category) WHERE active;
