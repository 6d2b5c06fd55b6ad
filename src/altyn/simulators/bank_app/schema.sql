-- The invoices of the bank whose app confirms payments. They share nothing with the gateway's tables.

CREATE SCHEMA IF NOT EXISTS simulators;

CREATE TABLE IF NOT EXISTS simulators.bank_invoices (
    key           text PRIMARY KEY,     -- of the payment; an inquiry closes a key that never arrived
    state         text NOT NULL CHECK (state IN ('waiting', 'confirmed', 'approved', 'declined', 'closed')),
    invoice_id    text NOT NULL DEFAULT '',
    merchant      text NOT NULL DEFAULT '',
    shop_name     text NOT NULL DEFAULT '',
    terminal      text NOT NULL DEFAULT '',
    amount_minor  bigint NOT NULL DEFAULT 0,
    currency      text NOT NULL DEFAULT '',
    order_id      uuid,
    order_number  text NOT NULL DEFAULT '',
    description   text NOT NULL DEFAULT '',
    phone         text NOT NULL DEFAULT '',  -- that got the push; empty: the payer opens the invoice by its id
    payer         text NOT NULL DEFAULT '',  -- the phone that confirmed or refused
    hold          boolean NOT NULL DEFAULT false,
    return_url    text NOT NULL DEFAULT '',
    expires_at    timestamptz,
    action_code   integer NOT NULL DEFAULT 0,
    rrn           text,
    approval_code text,
    received_at   timestamptz NOT NULL,
    decided_at    timestamptz,
    by_shop       boolean NOT NULL DEFAULT false,  -- the shop has cancelled the order
    CHECK ((state = 'approved') = (rrn IS NOT NULL))
);

-- a table of a version before
ALTER TABLE simulators.bank_invoices ADD COLUMN IF NOT EXISTS by_shop boolean NOT NULL DEFAULT false;

-- the invoices that wait for a phone to scan their code
CREATE INDEX IF NOT EXISTS bank_invoices_to_scan ON simulators.bank_invoices (received_at)
    WHERE state = 'waiting' AND phone = '';

-- the invoices with an id: the newest is the one that can be confirmed
CREATE INDEX IF NOT EXISTS bank_invoices_by_id ON simulators.bank_invoices (invoice_id, received_at);
