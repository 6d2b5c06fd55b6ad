-- The books of the service that lends for payment in parts. They share nothing with the gateway's tables. No card
-- number and no CVC is stored here.

CREATE SCHEMA IF NOT EXISTS simulators;

-- Numbers for the RRNs of refunds. An RRN has six digits for it, so the sequence cycles.
CREATE SEQUENCE IF NOT EXISTS simulators.bnpl_tickets MINVALUE 1 MAXVALUE 999999 START 500001 CYCLE;

-- The newest application for each order.
CREATE TABLE IF NOT EXISTS simulators.bnpl_applications (
    order_id     uuid PRIMARY KEY,
    number       integer NOT NULL,      -- counts the applications of the order; a new phone is a new application
    step         text NOT NULL CHECK (step IN ('code', 'plan', 'card', 'refused')),
    phone        text NOT NULL CHECK (phone ~ '^7[0-9]{10}$'),
    shop_name    text NOT NULL,
    order_number text NOT NULL,
    amount_minor bigint NOT NULL,
    currency     text NOT NULL,
    codes_left   integer NOT NULL CHECK (codes_left >= 0),
    codes_sent   integer NOT NULL DEFAULT 1,
    code_sent_at timestamptz NOT NULL,
    agreed_on    date,                  -- the first day of the plan that the payer has agreed to
    CHECK ((step = 'card') = (agreed_on IS NOT NULL))
);

-- The payments. Every sum is in minor units of `currency`.
CREATE TABLE IF NOT EXISTS simulators.bnpl_contracts (
    key             text PRIMARY KEY,   -- of the payment; an inquiry closes a key that never arrived
    version         integer NOT NULL DEFAULT 1,  -- a change names the version that it has seen
    state           text NOT NULL CHECK (state IN ('asked', 'active', 'declined', 'closed')),
    action_code     integer NOT NULL DEFAULT 0,
    order_id        uuid,
    phone           text NOT NULL DEFAULT '',
    shop_name       text NOT NULL DEFAULT '',
    order_number    text NOT NULL DEFAULT '',
    merchant        text NOT NULL DEFAULT '',
    currency        text NOT NULL DEFAULT '',
    card            text NOT NULL DEFAULT '',    -- masked
    hold            boolean NOT NULL DEFAULT false,
    amount_minor    bigint NOT NULL DEFAULT 0,   -- of the payment; the shop's sums below are 0 until it is active
    approved_minor  bigint NOT NULL DEFAULT 0,
    held_minor      bigint NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
    deposited_minor bigint NOT NULL DEFAULT 0 CHECK (deposited_minor >= 0),
    reversed_minor  bigint NOT NULL DEFAULT 0 CHECK (reversed_minor >= 0),
    refunded_minor  bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    released_minor  bigint NOT NULL DEFAULT 0 CHECK (released_minor >= 0),
    unpaid_minor    bigint NOT NULL DEFAULT 0 CHECK (unpaid_minor >= 0),
    charged_minor   bigint NOT NULL DEFAULT 0 CHECK (charged_minor >= 0),
    returned_minor  bigint NOT NULL DEFAULT 0 CHECK (returned_minor >= 0),
    parts           jsonb NOT NULL DEFAULT '[]',
    charge_keys     jsonb NOT NULL DEFAULT '{}', -- of each charged part, by its number: the key of its authorisation
    pending         jsonb NOT NULL DEFAULT '[]', -- requests to the card's bank that have no answer yet
    rrn             text,
    approval_code   text,
    at              timestamptz NOT NULL,
    CHECK ((state = 'active') = (rrn IS NOT NULL)),
    -- The shop's sums add up to the payment: no minor unit is given twice or lost.
    CONSTRAINT nothing_lost_nothing_made CHECK (
        approved_minor = held_minor + deposited_minor + reversed_minor + refunded_minor + released_minor
    ),
    -- The payer pays what the shop keeps: a sum that the shop gives back shortens the plan, or returns to the card.
    CONSTRAINT payer_pays_what_the_shop_keeps CHECK (
        unpaid_minor + charged_minor - returned_minor = held_minor + deposited_minor
    )
);

-- the plans of a phone, in their order
CREATE INDEX IF NOT EXISTS bnpl_contracts_by_phone ON simulators.bnpl_contracts (phone, at) WHERE state = 'active';

-- The later requests about payments: a repeated one is carried out once.
CREATE TABLE IF NOT EXISTS simulators.bnpl_requests (
    key          text PRIMARY KEY,
    contract     text NOT NULL DEFAULT '',
    operation    text NOT NULL,         -- INQUIRE: an inquiry closed the key before a request used it
    part         integer NOT NULL DEFAULT 0,
    amount_minor bigint NOT NULL DEFAULT 0,
    outcome      text NOT NULL CHECK (outcome IN ('APPROVED', 'PENDING', 'DECLINED', 'NOT_SENT')),
    action_code  integer NOT NULL DEFAULT 0,
    rrn          text,
    at           timestamptz NOT NULL
);

-- the charges of a part, to count those that were declined
CREATE INDEX IF NOT EXISTS bnpl_charges ON simulators.bnpl_requests (contract, part) WHERE operation = 'CHARGE';
