-- What the pretended directory server and ACS remember between two requests, whichever gateway
-- process serves them. No PAN is ever written here.

CREATE SCHEMA IF NOT EXISTS simulators;

-- Version 1: an account stands for a PAN in the browser's hands.
CREATE TABLE IF NOT EXISTS simulators.acs_accounts (
    account text PRIMARY KEY,  -- keyed hash of the PAN
    card    text NOT NULL,     -- masked: 411111**1111
    pares   text NOT NULL,     -- how an authentication ends when the payer does all rightly
    eci     integer,           -- of that end
    code    text               -- what the payer types; none: no page is shown
);

CREATE TABLE IF NOT EXISTS simulators.acs_authentications (
    id              text PRIMARY KEY,  -- version 1: keyed hash of the PaReq; version 2: acsTransID
    server_trans_id text UNIQUE,       -- version 2: threeDSServerTransID
    message_id      text,              -- version 1
    xid             text,              -- version 1
    message_version text,              -- version 2
    merchant        text NOT NULL,
    amount_minor    bigint NOT NULL,
    currency        text NOT NULL,
    card            text NOT NULL,     -- masked
    return_url      text NOT NULL,     -- the only place the browser is sent back to
    code            text,              -- none: decided without the payer
    on_success      text NOT NULL,     -- the status when the right code is typed
    cavv            text,              -- of success
    eci             integer,           -- of success
    tries           integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 3),
    status          text,              -- none: the payer has not answered
    cancelled       boolean NOT NULL DEFAULT false,
    CHECK (code IS NOT NULL OR status IS NOT NULL)
);
