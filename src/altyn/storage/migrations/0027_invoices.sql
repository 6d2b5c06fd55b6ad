-- 0027_invoices: the orders that users of the personal account registered as invoices, and for whom.
-- The order has amount and state; this table says which orders are invoices, newest first for each shop.

CREATE TABLE invoices (
    merchant_id  integer      NOT NULL,
    order_id     uuid         NOT NULL,
    created_at   timestamptz  NOT NULL,
    created_by   text         NOT NULL,  -- the login of the user
    payer_name   text         NOT NULL,
    PRIMARY KEY (merchant_id, order_id)
);
CREATE INDEX invoices_newest ON invoices (merchant_id, created_at DESC);
