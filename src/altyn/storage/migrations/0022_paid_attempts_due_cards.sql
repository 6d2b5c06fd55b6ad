-- 0022_paid_attempts_due_cards: paid attempts are counted by their time, whatever the age of their order; housekeeping
-- reads the cards that are due, and no others. It adds only; the indexes lock the writes of their tables while they are
-- built, and are skipped where they were built before: see the upgrade page.

-- how many card payments and payouts of a merchant are approved
CREATE INDEX IF NOT EXISTS payment_attempts_paid
    ON payment_attempts (merchant_id, started_at)
    WHERE kind IN ('pay', 'payout') AND state = 'approved' AND card IS NOT NULL;

ALTER TABLE card_vault  -- when to ask next whether a card is needed; the cards of before are all asked about once
    ADD COLUMN IF NOT EXISTS check_at timestamptz NOT NULL DEFAULT '-infinity';
CREATE INDEX IF NOT EXISTS card_vault_check_at ON card_vault (check_at);
DROP INDEX card_vault_keep_until;
