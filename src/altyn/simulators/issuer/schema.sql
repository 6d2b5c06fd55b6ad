-- The books of the bank simulator. They share nothing with the gateway's tables, so that a test can
-- compare the two. No PAN and no CVC is stored here.

CREATE SCHEMA IF NOT EXISTS simulators;

-- Numbers for RRNs and approval codes. An RRN has six digits for it, so the sequence cycles.
CREATE SEQUENCE IF NOT EXISTS simulators.bank_tickets MINVALUE 1 MAXVALUE 999999 CYCLE;

CREATE TABLE IF NOT EXISTS simulators.bank_requests (
    key             text PRIMARY KEY,   -- a repeated request is carried out once
    operation       text NOT NULL,      -- INQUIRE: an inquiry closed the key before a request used it
    merchant        text NOT NULL,
    terminal        text NOT NULL,
    amount_minor    bigint NOT NULL,
    currency        text NOT NULL,
    original_key    text,
    deposit_at_once boolean NOT NULL,
    verify_only     boolean NOT NULL,
    card            text,               -- masked: 411111**1111
    fault           smallint,           -- the fault of the card, numbered as in 22000002…
    outcome         text NOT NULL CHECK (outcome IN ('APPROVED', 'PENDING', 'DECLINED', 'NOT_SENT')),
    action_code     integer NOT NULL,   -- for PENDING: the code of the final outcome
    rrn             text,
    approval_code   text,
    answer_lost     boolean NOT NULL DEFAULT false,  -- carried out, but only an inquiry returns the result
    inquiries       integer NOT NULL DEFAULT 0,
    asked_at        timestamptz NOT NULL,
    CHECK ((outcome = 'APPROVED') = (rrn IS NOT NULL)),
    CHECK (outcome <> 'APPROVED' OR action_code = 0)
);

CREATE TABLE IF NOT EXISTS simulators.bank_authorisations (
    key             text PRIMARY KEY,   -- the key of its request, which the same statement stores
    merchant        text NOT NULL,
    currency        text NOT NULL,
    card            text NOT NULL,
    fault           smallint,
    rrn             text NOT NULL,
    approval_code   text NOT NULL,
    approved_minor  bigint NOT NULL,
    held_minor      bigint NOT NULL CHECK (held_minor >= 0),
    deposited_minor bigint NOT NULL CHECK (deposited_minor >= 0),
    reversed_minor  bigint NOT NULL CHECK (reversed_minor >= 0),
    refunded_minor  bigint NOT NULL CHECK (refunded_minor >= 0),
    released_minor  bigint NOT NULL CHECK (released_minor >= 0),
    -- The sums add up to the approved amount: no minor unit is moved twice or lost.
    CONSTRAINT nothing_lost_nothing_made CHECK (
        approved_minor
        = held_minor + deposited_minor + reversed_minor + refunded_minor + released_minor
    )
);
