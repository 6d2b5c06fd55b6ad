-- The pretended bank's own books. They stand beside the gateway's tables and share nothing with
-- them, so that the two can be compared. No PAN and no CVC is ever written here.

CREATE SCHEMA IF NOT EXISTS simulators;

-- Numbers for RRN and approval codes; six digits of an RRN, so it goes round.
CREATE SEQUENCE IF NOT EXISTS simulators.bank_tickets MINVALUE 1 MAXVALUE 999999 CYCLE;

CREATE TABLE IF NOT EXISTS simulators.bank_requests (
    key             text PRIMARY KEY,   -- a request that is asked twice is done once
    operation       text NOT NULL,      -- INQUIRE: a key closed by an inquiry before it was used
    merchant        text NOT NULL,
    terminal        text NOT NULL,
    amount_minor    bigint NOT NULL,
    currency        text NOT NULL,
    original_key    text,
    deposit_at_once boolean NOT NULL,
    verify_only     boolean NOT NULL,
    card            text,               -- masked: 411111**1111
    fault           smallint,           -- of the card, by its number in 22000002…
    outcome         text NOT NULL CHECK (outcome IN ('APPROVED', 'PENDING', 'DECLINED', 'NOT_SENT')),
    action_code     integer NOT NULL,   -- for PENDING: the one it will end with
    rrn             text,
    approval_code   text,
    answer_lost     boolean NOT NULL DEFAULT false,  -- it is done, but only an inquiry will tell
    inquiries       integer NOT NULL DEFAULT 0,
    asked_at        timestamptz NOT NULL,
    CHECK ((outcome = 'APPROVED') = (rrn IS NOT NULL)),
    CHECK (outcome <> 'APPROVED' OR action_code = 0)
);

CREATE TABLE IF NOT EXISTS simulators.bank_authorisations (
    key             text PRIMARY KEY REFERENCES simulators.bank_requests (key),
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
    -- Every minor unit that was approved is in exactly one place: none is moved twice, none is lost.
    CONSTRAINT nothing_lost_nothing_made CHECK (
        approved_minor
        = held_minor + deposited_minor + reversed_minor + refunded_minor + released_minor
    )
);
