-- The applications for a credit at the bank of the sandbox. They share nothing with the gateway's tables.

CREATE SCHEMA IF NOT EXISTS simulators;

CREATE TABLE IF NOT EXISTS simulators.credit_applications (
    order_id     uuid PRIMARY KEY,      -- an order has one application
    state        text NOT NULL CHECK (state IN ('waiting', 'granted', 'refused', 'expired')),
    product      text NOT NULL CHECK (product IN ('CREDIT', 'INSTALLMENT')),
    product_id   text NOT NULL,
    months       integer NOT NULL CHECK (months > 0),
    phone        text NOT NULL CHECK (phone ~ '^7[0-9]{10}$'),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency     text NOT NULL,
    applied_at   timestamptz NOT NULL,
    decides_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,  -- the end of the order's session: nothing is granted after it
    decided_at   timestamptz,
    CHECK ((state = 'waiting') = (decided_at IS NULL))
);
