-- The books of the simulated cash registers: one register for each shop. They share nothing with the
-- gateway's tables, so that a test can compare the two.

CREATE SCHEMA IF NOT EXISTS simulators;

CREATE SEQUENCE IF NOT EXISTS simulators.register_numbers;

CREATE TABLE IF NOT EXISTS simulators.registers (
    shop      text PRIMARY KEY,
    number    bigint NOT NULL DEFAULT nextval('simulators.register_numbers'),
    documents bigint NOT NULL DEFAULT 0,   -- of the fiscal drive: receipts, openings and closings of shifts
    shift     integer NOT NULL DEFAULT 0,
    receipts  integer NOT NULL DEFAULT 0,  -- of the shift
    opened_at timestamptz NOT NULL DEFAULT '-infinity'
);

CREATE TABLE IF NOT EXISTS simulators.register_receipts (
    receipt_id    text PRIMARY KEY,        -- printed once, however often it is sent
    shop          text NOT NULL,
    returns_money boolean NOT NULL,
    amount_minor  bigint NOT NULL,
    contact       text NOT NULL,
    fault         text NOT NULL,
    state         text NOT NULL CHECK (state IN ('waiting', 'printed', 'failed')),
    calls         integer NOT NULL DEFAULT 0,
    received_at   timestamptz NOT NULL,
    ready_at      timestamptz NOT NULL,
    problem       text,
    printed_at    timestamptz,
    register      bigint,
    document      bigint,
    shift         integer,
    receipt       integer,
    CHECK ((state = 'printed') = (document IS NOT NULL)),
    CHECK ((state = 'failed') = (problem IS NOT NULL))
);

-- the receipts of a shop's register, in their order
CREATE UNIQUE INDEX IF NOT EXISTS register_receipts_by_document
    ON simulators.register_receipts (shop, document) WHERE document IS NOT NULL;
