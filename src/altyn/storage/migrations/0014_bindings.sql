-- 0014_bindings: the stored cards of the shops' clients. The card numbers are in card_vault.

CREATE TABLE bindings (
    merchant_id integer     NOT NULL,
    binding_id  uuid        NOT NULL,
    version     integer     NOT NULL,
    client_id   text        NOT NULL,
    fingerprint bytea       NOT NULL,
    masked_pan  text        NOT NULL,
    expiry      text        NOT NULL CHECK (expiry ~ '^[0-9]{6}$'),
    holder      text        NOT NULL,
    system      text,
    active      boolean     NOT NULL,
    category    text        NOT NULL CHECK (category IN ('COMMON', 'RECURRENT', 'INSTALLMENT')),
    order_id    uuid,
    email       text,
    phone       text,
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,
    PRIMARY KEY (merchant_id, binding_id)
);

-- a client has a card once
CREATE UNIQUE INDEX bindings_active_card ON bindings (merchant_id, client_id, fingerprint) WHERE active;

-- getBindings.do
CREATE INDEX bindings_by_client ON bindings (merchant_id, client_id, created_at);

-- getBindingsByCardOrId.do, and the vault's question whether a card is needed
CREATE INDEX bindings_by_card ON bindings (merchant_id, fingerprint);
