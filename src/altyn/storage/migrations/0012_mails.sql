-- 0012_mails: the sandbox's mailbox. Mails that no SMTP server takes are kept here, to be looked at.

CREATE TABLE mails (
    merchant_id  integer     NOT NULL,
    order_id     uuid        NOT NULL,
    version      integer     NOT NULL,
    line         smallint    NOT NULL,
    order_number text        NOT NULL,
    reason       text        NOT NULL,
    sender       text        NOT NULL,
    recipient    text        NOT NULL,
    subject      text        NOT NULL,
    text         text        NOT NULL,
    html         text        NOT NULL,
    sent_at      timestamptz NOT NULL,
    PRIMARY KEY (merchant_id, order_id, version, line)  -- the entry of the outbox: a mail is here once
);

-- the newest first; housekeeping deletes from the other end
CREATE INDEX mails_by_time ON mails (sent_at);
