-- 0023_personal_account: users of the personal account with their rights and locks, their sessions, the undo of API
-- passwords and tokens, and the audit log.
-- Older processes stop: they accept tokens that were replaced, and their statements name the table portal_users

ALTER TABLE portal_users RENAME TO account_users;
ALTER TABLE account_users RENAME CONSTRAINT portal_users_pkey TO account_users_pkey;
ALTER TABLE account_users RENAME CONSTRAINT portal_users_login_key TO account_users_login_key;
ALTER TABLE account_users RENAME CONSTRAINT portal_users_role_check TO account_users_role_check;
ALTER TABLE account_users RENAME CONSTRAINT portal_users_merchant_id_login_fkey TO account_users_merchant_id_login_fkey;

ALTER TABLE account_users
    ADD COLUMN granted        text[]       NOT NULL DEFAULT '{}',  -- rights that the role has not
    ADD COLUMN revoked        text[]       NOT NULL DEFAULT '{}',  -- rights of the role that are off
    ADD COLUMN failed_logins  smallint     NOT NULL DEFAULT 0,
    ADD COLUMN locked_until   timestamptz,  -- by the gateway's clock
    ADD COLUMN code_secret    text,  -- of one-time codes, encrypted
    ADD COLUMN code_step      bigint       NOT NULL DEFAULT 0,  -- so that a code opens one session only
    -- Two changes at once: the second one is decided again on top of the first.
    ADD COLUMN version        integer      NOT NULL DEFAULT 1;

-- The browser has the token of a session. Only its hash is here, so a dump opens no session.
CREATE TABLE account_sessions (
    merchant_id      integer      NOT NULL,
    token_hash       bytea        NOT NULL,
    login            text         NOT NULL,
    stage            text         NOT NULL CHECK (stage IN ('code', 'open')),
    created_at       timestamptz  NOT NULL,
    last_request_at  timestamptz  NOT NULL,
    ends_at          timestamptz  NOT NULL,
    address          text         NOT NULL,
    PRIMARY KEY (merchant_id, token_hash)
);
CREATE INDEX account_sessions_of_user ON account_sessions (merchant_id, login);

-- Each hash covers its entry and the hash before it, under a key that is not in the database.
CREATE TABLE audit_log (
    merchant_id  integer      NOT NULL,
    number       bigint       NOT NULL CHECK (number >= 1),
    at           timestamptz  NOT NULL,
    actor        text         NOT NULL,
    address      text         NOT NULL,
    action       text         NOT NULL,
    subject      text         NOT NULL,
    detail       text         NOT NULL,
    hash         bytea        NOT NULL,
    -- Two changes at once want the same number: one of them fails, and is saved again behind the other.
    PRIMARY KEY (merchant_id, number)
);

-- The newest entry of each merchant: entries that are removed from the end are missed.
CREATE TABLE audit_heads (
    merchant_id  integer  PRIMARY KEY,
    number       bigint   NOT NULL,
    hash         bytea    NOT NULL,
    proof        bytea    NOT NULL  -- a second keyed hash, which no entry has
);

-- For five minutes a changed password or token can be restored.
ALTER TABLE api_users
    ADD COLUMN previous_password_hash  text,
    ADD COLUMN password_changed_at     timestamptz,
    ADD COLUMN version                 integer  NOT NULL DEFAULT 1;
ALTER TABLE api_tokens
    ADD COLUMN replaced_at  timestamptz;  -- a replaced token is refused
