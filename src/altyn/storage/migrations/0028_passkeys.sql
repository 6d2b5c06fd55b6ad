-- 0028_passkeys: passkeys of the users of the personal account, and the challenges that were used already.

CREATE TABLE account_passkeys (
    merchant_id    integer      NOT NULL,
    credential_id  bytea        NOT NULL,
    login          text         NOT NULL,
    user_handle    text         NOT NULL,  -- what the authenticator names the user by; it begins with the merchant
    rp_id          text         NOT NULL,  -- the domain name that the passkey is for
    public_key     bytea        NOT NULL,
    sign_count     bigint       NOT NULL CHECK (sign_count >= 0),
    name           text         NOT NULL,
    added_at       timestamptz  NOT NULL,
    last_used_at   timestamptz,
    -- A device's passkey belongs to one user: a second user could else log in as the first one.
    PRIMARY KEY (merchant_id, credential_id),
    -- Two passkeys of one name: the wrong one would be removed after a device was lost.
    CONSTRAINT account_passkeys_name_key UNIQUE (merchant_id, login, name)
);

-- A response that was recorded opens no second session. Rows are deleted when their challenge has ended.
CREATE TABLE used_challenges (
    merchant_id  integer      NOT NULL,
    challenge    bytea        NOT NULL,
    ends_at      timestamptz  NOT NULL,
    PRIMARY KEY (merchant_id, challenge)
);
