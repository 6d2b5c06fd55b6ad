-- Payouts: the merchant pays a sum to a card that has paid nothing before. Such an order takes no payment, so its sum
-- has a column of its own.
-- Older processes stop: they cannot read an order that was paid out, nor inquire about its payout

ALTER TABLE orders
    ADD COLUMN paid_out_minor bigint NOT NULL DEFAULT 0,
    -- prevents: a payout of another sum than the order's, and one from an order that a payer has paid
    ADD CONSTRAINT payout_is_whole_and_alone
        CHECK (paid_out_minor = 0 OR (paid_out_minor = amount_minor AND approved_minor = 0));

ALTER TABLE payment_attempts DROP CONSTRAINT payment_attempts_kind_check;
ALTER TABLE payment_attempts ADD CONSTRAINT payment_attempts_kind_check
    CHECK (kind IN ('pay', 'deposit', 'reverse', 'refund', 'payout'));

-- prevents: one order is paid out twice
CREATE UNIQUE INDEX payment_attempts_one_payout ON payment_attempts (merchant_id, order_id) WHERE kind = 'payout';

ALTER TABLE postings DROP CONSTRAINT postings_movement_check;
ALTER TABLE postings ADD CONSTRAINT postings_movement_check
    CHECK (movement IN ('hold', 'deposit', 'release', 'reversal', 'refund', 'payout'));
