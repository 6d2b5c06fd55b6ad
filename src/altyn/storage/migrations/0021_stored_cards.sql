-- 0021_stored_cards: a payer's removal of a stored card cannot be undone by the shop.
-- Older processes stop: they count no payment in instalments, and a shop can undo a removal that they record

-- bindCard.do enables what the shop has disabled; what the payer has removed stays disabled
ALTER TABLE bindings ADD COLUMN removed_by_payer boolean NOT NULL DEFAULT false;
ALTER TABLE bindings ADD CONSTRAINT bindings_removed_is_not_active CHECK (NOT (removed_by_payer AND active));

-- payments in instalments: how many payments and which sum the payer has agreed to, and what was charged of it
ALTER TABLE bindings
    ADD COLUMN instalments_max         integer CHECK (instalments_max BETWEEN 1 AND 999),
    ADD COLUMN instalments_total_minor bigint CHECK (instalments_total_minor > 0),
    ADD COLUMN instalments_currency    text,
    ADD COLUMN instalments_made        integer,
    ADD COLUMN instalments_made_minor  bigint,
    ADD COLUMN instalments_agreed_at   timestamptz;

ALTER TABLE bindings ADD CONSTRAINT bindings_instalments_together CHECK (
    num_nulls(instalments_max, instalments_total_minor, instalments_currency, instalments_made, instalments_made_minor,
              instalments_agreed_at) IN (0, 6));

-- a shop charges no more than the payer has agreed to
ALTER TABLE bindings ADD CONSTRAINT bindings_instalments_within_terms CHECK (
    instalments_made BETWEEN 0 AND instalments_max AND instalments_made_minor BETWEEN 0 AND instalments_total_minor);
