-- 0021_stored_cards: a payer's removal of a stored card cannot be undone by the shop.

-- bindCard.do enables what the shop has disabled; what the payer has removed stays disabled
ALTER TABLE bindings ADD COLUMN removed_by_payer boolean NOT NULL DEFAULT false;
ALTER TABLE bindings ADD CONSTRAINT bindings_removed_is_not_active CHECK (NOT (removed_by_payer AND active));
