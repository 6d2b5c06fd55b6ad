-- 0030_page_sets: the sets of payment pages that shops upload in the personal account, with their files.

CREATE TABLE page_sets (
    merchant_id   integer      NOT NULL,
    -- A removed set keeps its row without files: its number is not used again, so that what the provider approves is
    -- what the provider has seen.
    number        integer      NOT NULL CHECK (number >= 1),
    state         text         NOT NULL CHECK (state IN ('ready', 'waiting', 'refused', 'active', 'removed')),
    uploaded_at   timestamptz  NOT NULL,  -- by the gateway's clock, as all times here
    uploaded_by   text         NOT NULL,  -- the login of the user
    paths         text[]       NOT NULL,
    size_bytes    bigint       NOT NULL,
    findings      jsonb        NOT NULL DEFAULT '[]',  -- why it needs the provider's approval
    approved_by   text         NOT NULL DEFAULT '',
    reason        text         NOT NULL DEFAULT '',  -- of the provider's decision, for the shop
    decided_at    timestamptz,
    activated_at  timestamptz,
    PRIMARY KEY (merchant_id, number),
    -- Files with scripts of their own are never served without the provider's approval.
    CHECK (findings = '[]' OR approved_by <> '' OR state IN ('waiting', 'refused', 'removed'))
);
-- Two users who make two sets active at once: one of them fails.
CREATE UNIQUE INDEX page_sets_active ON page_sets (merchant_id) WHERE state = 'active';

-- A table of its own, so that a list of sets reads no file. A file of a checked set is as the check has written it.
CREATE TABLE page_set_files (
    merchant_id  integer  NOT NULL,
    number       integer  NOT NULL,
    path         text     NOT NULL,
    content      bytea    NOT NULL,
    PRIMARY KEY (merchant_id, number, path),
    FOREIGN KEY (merchant_id, number) REFERENCES page_sets ON DELETE CASCADE
);
