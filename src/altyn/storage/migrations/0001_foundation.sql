-- 0001_foundation: merchants, orders with their history and ledger, the card vault, the outbox.
-- Every key begins with merchant_id, so that a shop can never reach another shop's row and the
-- tables can be distributed by merchant without change.

CREATE TABLE merchants (
    merchant_id  integer      PRIMARY KEY CHECK (merchant_id BETWEEN 1 AND 262143),
    login        text         NOT NULL UNIQUE,
    name         text         NOT NULL,
    parent_id    integer      REFERENCES merchants,
    blocked      boolean      NOT NULL DEFAULT false,
    created_at   timestamptz  NOT NULL,
    -- A shop that is its own parent would be asked for its children without end.
    CHECK (parent_id <> merchant_id)
);

CREATE INDEX merchants_children ON merchants (parent_id) WHERE parent_id IS NOT NULL;

-- Every login of a merchant or a user, with its owner. One login has one owner: otherwise a request
-- that names `shop` could reach either of two merchants.
CREATE TABLE logins (
    merchant_id  integer  NOT NULL REFERENCES merchants,
    login        text     NOT NULL UNIQUE CHECK (login ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$'),
    PRIMARY KEY (merchant_id, login)
);

-- One row per version of a merchant's settings; the newest is in force, the others are its history.
-- Only what was set is here; for the rest the code has defaults.
CREATE TABLE merchant_settings (
    merchant_id  integer      NOT NULL REFERENCES merchants,
    version      integer      NOT NULL,
    settings     jsonb        NOT NULL,
    changed_at   timestamptz  NOT NULL,
    changed_by   text         NOT NULL,
    PRIMARY KEY (merchant_id, version)
);

-- Merchants with the settings in force.
CREATE VIEW merchants_in_force AS
    SELECT merchants.merchant_id, login, name, parent_id, blocked,
           coalesce(settings, '{}')::text AS settings
    FROM merchants
    LEFT JOIN LATERAL (SELECT settings FROM merchant_settings
                       WHERE merchant_settings.merchant_id = merchants.merchant_id
                       ORDER BY version DESC LIMIT 1) AS newest ON true;

CREATE TABLE api_users (
    merchant_id           integer  NOT NULL,
    login                 text     NOT NULL UNIQUE,
    password_hash         text     NOT NULL,
    must_change_password  boolean  NOT NULL DEFAULT false,
    blocked               boolean  NOT NULL DEFAULT false,
    PRIMARY KEY (merchant_id, login),
    FOREIGN KEY (merchant_id, login) REFERENCES logins
);

-- A token stands for an API user; a blocked user is refused with password and with token.
CREATE TABLE api_tokens (
    merchant_id  integer      NOT NULL,
    token_hash   bytea        NOT NULL UNIQUE,  -- keyed digest: a token is found by it, never read back
    login        text         NOT NULL,
    created_at   timestamptz  NOT NULL,
    PRIMARY KEY (merchant_id, token_hash),
    FOREIGN KEY (merchant_id, login) REFERENCES api_users
);

CREATE TABLE portal_users (
    merchant_id           integer  NOT NULL,
    login                 text     NOT NULL UNIQUE,
    password_hash         text     NOT NULL,
    role                  text     NOT NULL DEFAULT 'operator'
                                   CHECK (role IN ('owner', 'operator', 'accountant', 'support')),
    must_change_password  boolean  NOT NULL DEFAULT false,
    blocked               boolean  NOT NULL DEFAULT false,
    PRIMARY KEY (merchant_id, login),
    FOREIGN KEY (merchant_id, login) REFERENCES logins
);

CREATE TABLE orders (
    merchant_id         integer      NOT NULL,
    order_id            uuid         NOT NULL,
    order_number        text         NOT NULL,
    version             integer      NOT NULL,
    status              text         NOT NULL CHECK (status IN ('created', 'authenticating',
                                       'approved', 'deposited', 'reversed', 'refunded', 'declined')),
    currency            text         NOT NULL,
    amount_minor        bigint       NOT NULL CHECK (amount_minor >= 0),
    approved_minor      bigint       NOT NULL DEFAULT 0,
    deposited_minor     bigint       NOT NULL DEFAULT 0,  -- before refunds
    refunded_minor      bigint       NOT NULL DEFAULT 0,
    two_phase           boolean      NOT NULL,
    attempts_max        smallint     NOT NULL,
    hold_days           smallint     NOT NULL,
    action_code         integer      NOT NULL DEFAULT -100,
    partly_reversed     boolean      NOT NULL DEFAULT false,
    created_at          timestamptz  NOT NULL,
    expires_at          timestamptz  NOT NULL,
    approved_at         timestamptz,
    deposited_at        timestamptz,
    reversed_at         timestamptz,
    refunded_at         timestamptz,
    auto_completion_at  timestamptz,
    auto_reverse_at     timestamptz,
    postponed_until     timestamptz,
    due_at              timestamptz,  -- the time of the next due action
    payer_ip            text,
    request             jsonb        NOT NULL,
    params              jsonb        NOT NULL,
    PRIMARY KEY (merchant_id, order_id),
    -- A shop that repeats a request after a lost answer must not get a second order.
    UNIQUE (merchant_id, order_number),
    -- Two refunds at once must not give back more than was taken, nor a deposit exceed its hold.
    CONSTRAINT money_is_conserved CHECK (0 <= refunded_minor AND refunded_minor <= deposited_minor
        AND deposited_minor <= approved_minor AND approved_minor <= amount_minor)
);

-- Timers look here; most orders are settled and have no row in it.
CREATE INDEX orders_due ON orders (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX orders_by_created ON orders (merchant_id, created_at);

CREATE TABLE payment_attempts (
    merchant_id         integer      NOT NULL,
    order_id            uuid         NOT NULL,
    number              integer      NOT NULL,
    kind                text         NOT NULL CHECK (kind IN ('pay', 'deposit', 'reverse', 'refund')),
    state               text         NOT NULL CHECK (state IN ('authenticating', 'abandoned', 'asked',
                                       'approved', 'pending', 'declined', 'not_sent', 'unknown')),
    amount_minor        bigint       NOT NULL CHECK (amount_minor >= 0),
    started_at          timestamptz  NOT NULL,
    answered_at         timestamptz,
    action_code         integer,
    rrn                 text,
    approval_code       text,
    external_refund_id  text,
    inquiries           integer      NOT NULL DEFAULT 0,
    inquire_at          timestamptz,  -- when to ask the bank what became of it
    payment_way         text,
    partial             boolean      NOT NULL DEFAULT false,
    due                 text,
    card                jsonb,
    authentication      jsonb,
    avs_code            text,
    PRIMARY KEY (merchant_id, order_id, number),
    FOREIGN KEY (merchant_id, order_id) REFERENCES orders
);

-- Reconciliation looks here: the bank was asked and its answer is not known.
CREATE INDEX payment_attempts_unsettled ON payment_attempts (inquire_at)
    WHERE state IN ('asked', 'pending', 'unknown');
-- A shop may finish 3-D Secure 2 by the transaction alone.
CREATE INDEX payment_attempts_transaction
    ON payment_attempts (merchant_id, (authentication ->> 'server_trans_id'))
    WHERE authentication ->> 'server_trans_id' IS NOT NULL;
-- The same refund asked for twice must be one refund.
CREATE UNIQUE INDEX payment_attempts_refund_once
    ON payment_attempts (merchant_id, order_id, external_refund_id)
    WHERE kind = 'refund' AND state IN ('asked', 'pending', 'unknown', 'approved');
-- Two payments of one order must never both be with the bank, or both be approved.
CREATE UNIQUE INDEX payment_attempts_paid_once
    ON payment_attempts (merchant_id, order_id)
    WHERE kind = 'pay' AND state IN ('asked', 'pending', 'unknown', 'approved');

CREATE TABLE order_events (
    merchant_id  integer      NOT NULL,
    order_id     uuid         NOT NULL,
    version      integer      NOT NULL,  -- of the order that this event made
    at           timestamptz  NOT NULL,
    event        text         NOT NULL,
    actor        text         NOT NULL,
    actor_ip     text         NOT NULL DEFAULT '',
    detail       jsonb,
    PRIMARY KEY (merchant_id, order_id, version)
);

CREATE TABLE postings (
    merchant_id   integer   NOT NULL,
    order_id      uuid      NOT NULL,
    version       integer   NOT NULL,  -- of the order that this movement made
    line          smallint  NOT NULL,
    movement      text      NOT NULL CHECK (movement IN ('hold', 'deposit', 'release', 'reversal', 'refund')),
    source        text      NOT NULL CHECK (source IN ('payer', 'hold', 'merchant')),
    destination   text      NOT NULL CHECK (destination IN ('payer', 'hold', 'merchant')),
    currency      text      NOT NULL,
    amount_minor  bigint    NOT NULL CHECK (amount_minor > 0),
    PRIMARY KEY (merchant_id, order_id, version, line),
    FOREIGN KEY (merchant_id, order_id) REFERENCES orders,
    CHECK (source <> destination)
);

-- The two entries of every posting: what left one account arrived at another.
CREATE VIEW ledger_entries AS
    SELECT merchant_id, order_id, version, line, movement, currency,
           source AS account, -amount_minor AS amount_minor FROM postings
    UNION ALL
    SELECT merchant_id, order_id, version, line, movement, currency,
           destination AS account, amount_minor FROM postings;

CREATE TABLE outbox (
    merchant_id  integer      NOT NULL,
    order_id     uuid         NOT NULL,
    version      integer      NOT NULL,  -- of the order after the change
    line         smallint     NOT NULL,
    kind         text         NOT NULL DEFAULT 'callback',
    payload      jsonb        NOT NULL,
    created_at   timestamptz  NOT NULL,
    PRIMARY KEY (merchant_id, order_id, version, line)
);

-- A card number under a data key of its own, which the key named `key_id` wraps (vault.py).
CREATE TABLE card_vault (
    merchant_id  integer      NOT NULL,
    fingerprint  bytea        NOT NULL,  -- keyed, and of this merchant only: two shops cannot compare
    key_id       text         NOT NULL,
    wrapped_key  bytea        NOT NULL,
    nonce        bytea        NOT NULL,
    ciphertext   bytea        NOT NULL,
    keep_until   timestamptz  NOT NULL,
    PRIMARY KEY (merchant_id, fingerprint)
);
CREATE INDEX card_vault_keep_until ON card_vault (keep_until);

-- One row: how far the sandbox's clock is ahead of the system's. Production has none.
CREATE TABLE sandbox_clock (
    one       boolean   PRIMARY KEY DEFAULT true CHECK (one),
    -- The clock only ever goes forward: moved back, history would run backwards.
    ahead_by  interval  NOT NULL CHECK (ahead_by >= interval '0')
);
