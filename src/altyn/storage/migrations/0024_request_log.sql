-- 0024_request_log: the requests of shops and payers, masked, with their answers; developers look at them.
-- A key of its own and no index more: the newest requests are read, and the table is kept small.

CREATE TABLE request_log (
    request_id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             timestamptz NOT NULL,                -- the gateway's time, which a sandbox moves
    written_at     timestamptz NOT NULL DEFAULT now(),  -- the real time, which the age is counted by
    dropped_before integer     NOT NULL DEFAULT 0,      -- requests before it that were not recorded
    endpoint           text        NOT NULL,
    method         text        NOT NULL,
    http_method    text        NOT NULL,
    path           text        NOT NULL,
    login          text        NOT NULL,
    shop           text        NOT NULL,
    merchant_id    integer,
    order_id       uuid,
    order_number   text        NOT NULL,
    ip             text        NOT NULL,
    status         integer     NOT NULL,
    code           integer,
    refused        boolean     NOT NULL,
    refusal        text        NOT NULL,
    parameter      text        NOT NULL,
    rule           text        NOT NULL,
    took_ms        real        NOT NULL,
    content        text        NOT NULL                 -- JSON, read when one request is looked at
);

-- how many requests were not recorded: few rows have such a number
CREATE INDEX request_log_dropped ON request_log (request_id) WHERE dropped_before > 0;
