-- 0003_signing_keys: the RSA keys that sign callbacks.

-- A shop checks with the certificate of the alias that a callback names, so older keys are
-- kept. The newest one signs.
CREATE TABLE signing_keys (
    merchant_id  integer      NOT NULL REFERENCES merchants,
    alias        text         NOT NULL,
    number       integer      NOT NULL CHECK (number > 0),
    certificate  text         NOT NULL,  -- X.509, PEM: public
    sealed       bytea        NOT NULL,  -- the private key, bound to merchant and alias (signing_keys.py)
    created_at   timestamptz  NOT NULL,
    PRIMARY KEY (merchant_id, alias),
    -- Two keys created at once must not both be the newest: either could sign.
    UNIQUE (merchant_id, number)
);
