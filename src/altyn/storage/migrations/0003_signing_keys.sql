-- 0003_signing_keys: the RSA keys by which shops know that a callback is ours.

-- A shop checks with the certificate of the alias that a callback names, so older keys stay beside
-- the newest, which is the one that signs.
CREATE TABLE signing_keys (
    merchant_id  integer      NOT NULL REFERENCES merchants,
    alias        text         NOT NULL,
    number       integer      NOT NULL CHECK (number > 0),
    certificate  text         NOT NULL,  -- X.509, PEM: public
    sealed       bytea        NOT NULL,  -- the private key, bound to merchant and alias (signing_keys.py)
    created_at   timestamptz  NOT NULL,
    PRIMARY KEY (merchant_id, alias),
    -- Two made at once must not both be the newest: callbacks would be signed by either.
    UNIQUE (merchant_id, number)
);
