-- The state of the directory server and ACS simulators, shared by all gateway processes. No PAN is
-- stored here.

CREATE SCHEMA IF NOT EXISTS simulators;

-- Version 1: the browser gets an account in place of a PAN.
CREATE TABLE IF NOT EXISTS simulators.acs_accounts (
    account text PRIMARY KEY,  -- keyed hash of the PAN
    card    text NOT NULL,     -- masked: 411111**1111
    pares   text NOT NULL,     -- the status when the payer types the correct code
    eci     integer,           -- the ECI of that status
    code    text               -- the correct code; null: no page is shown
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
    return_url      text NOT NULL,     -- the only address that the browser returns to
    code            text,              -- null: decided without the payer
    on_success      text NOT NULL,     -- the status after the correct code
    cavv            text,              -- the CAVV of on_success
    eci             integer,           -- the ECI of on_success
    tries           integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 3),
    status          text,              -- null: the payer has not answered
    cancelled       boolean NOT NULL DEFAULT false,
    CHECK (code IS NOT NULL OR status IS NOT NULL)
);
