-- The messages of the simulated phones. They share nothing with the gateway's tables.

CREATE SCHEMA IF NOT EXISTS simulators;

CREATE TABLE IF NOT EXISTS simulators.phone_messages (
    message_id   uuid PRIMARY KEY,      -- a message that is sent again is stored once
    number       bigint GENERATED ALWAYS AS IDENTITY,
    phone        text NOT NULL CHECK (phone ~ '^7[0-9]{10}$'),
    kind         text NOT NULL CHECK (kind IN ('push', 'sms')),
    text         text NOT NULL,
    subject      text NOT NULL,
    order_id     uuid,
    amount_minor bigint,
    currency     text NOT NULL,
    link         text NOT NULL,
    actions      text[] NOT NULL,
    open_until   timestamptz,
    at           timestamptz NOT NULL,
    answer       text,
    closed       boolean NOT NULL DEFAULT false, -- it can be answered no more
    return_url   text NOT NULL DEFAULT '',       -- where the app goes after the answer
    end_reason   text NOT NULL DEFAULT ''        -- why it was closed without an answer of this phone; empty: not known
);

-- a table of a version before
ALTER TABLE simulators.phone_messages ADD COLUMN IF NOT EXISTS return_url text NOT NULL DEFAULT '';
ALTER TABLE simulators.phone_messages ADD COLUMN IF NOT EXISTS end_reason text NOT NULL DEFAULT '';

-- the messages of a phone, in their order
CREATE UNIQUE INDEX IF NOT EXISTS phone_messages_by_phone ON simulators.phone_messages (phone, number);

-- the messages about a subject, to close them
CREATE INDEX IF NOT EXISTS phone_messages_by_subject ON simulators.phone_messages (subject) WHERE NOT closed;
