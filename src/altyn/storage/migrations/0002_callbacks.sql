-- 0002_callbacks: the outbox gets receivers, due times and attempts.
-- Until now no row was ever sent, and the rows have no receiver, so the table is created again.

DROP TABLE outbox;

-- Callbacks to be sent: one row for each change and address, saved with the change itself.
CREATE TABLE outbox (
    merchant_id  integer      NOT NULL,
    subject_id   uuid         NOT NULL,  -- the order, or the stored card
    version      integer      NOT NULL,  -- of the subject after the change
    line         smallint     NOT NULL,
    operation    text         NOT NULL,
    receiver     text         NOT NULL,
    origin       text         NOT NULL,  -- the receiver's host: one that hangs must not hold up others
    parameters   json         NOT NULL,  -- as they will be signed and sent, by every delivery, in this order
    created_at   timestamptz  NOT NULL,
    state        text         NOT NULL DEFAULT 'waiting'
                              CHECK (state IN ('waiting', 'delivered', 'dead')),
    due_at       timestamptz  NOT NULL,  -- by the gateway's clock, which tests may move
    -- Real time: until then one worker has the row. A killed process leaves a lease behind, and when
    -- that ends another worker sends the callback: twice is better than never.
    lease_until  timestamptz  NOT NULL DEFAULT '-infinity',
    attempts     smallint     NOT NULL DEFAULT 0,  -- deliveries begun
    failures     smallint     NOT NULL DEFAULT 0,  -- of this round; a resend begins another
    settled_at   timestamptz,
    PRIMARY KEY (merchant_id, subject_id, version, line)
) WITH (fillfactor = 80);  -- a lease is an update in place

-- Workers look here; delivered callbacks are not in it.
CREATE INDEX outbox_waiting ON outbox (merchant_id, origin, due_at) WHERE state = 'waiting';
-- The list of callbacks, newest first.
CREATE INDEX outbox_by_created ON outbox (merchant_id, created_at);
-- Dead callbacks, for resending.
CREATE INDEX outbox_dead ON outbox (merchant_id, created_at) WHERE state = 'dead';
-- Housekeeping looks here for what is old enough to be deleted.
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state <> 'waiting';

-- Every delivery: the request, what was signed, and the response. Written with the outbox row's new
-- state and deleted with the row.
CREATE TABLE deliveries (
    merchant_id  integer      NOT NULL,
    subject_id   uuid         NOT NULL,
    version      integer      NOT NULL,
    line         smallint     NOT NULL,
    attempt      smallint     NOT NULL,
    at           timestamptz  NOT NULL,  -- when it went out, by the gateway's clock
    took_ms      integer      NOT NULL,
    method       text         NOT NULL,
    url          text         NOT NULL,
    headers      jsonb        NOT NULL,  -- the merchant's own with their values hidden
    body         text,
    signed       text,                   -- the canonical string, null without a checksum
    checksum     text,
    status       integer,                -- of the answer; null when there was none
    answer_headers jsonb      NOT NULL,
    answer       text         NOT NULL,  -- its beginning
    problem      text,                   -- why there was none
    PRIMARY KEY (merchant_id, subject_id, version, line, attempt)
);

-- `altyn callbacks tail` reads the end; the table grows in the order of time.
CREATE INDEX deliveries_at ON deliveries USING brin (at) WITH (pages_per_range = 16);
