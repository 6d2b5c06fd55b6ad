-- 0011_receipts: the fiscal receipts of orders, one at most for each version of an order.

CREATE TABLE receipts (
    merchant_id integer     NOT NULL,
    order_id    uuid        NOT NULL,
    version     integer     NOT NULL,
    receipt_id  uuid        NOT NULL,
    kind        text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('sent', 'delivered', 'failed')),
    provider    text        NOT NULL,
    content     jsonb       NOT NULL,
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,
    provider_id text,
    fiscal      jsonb,
    problem     text,
    PRIMARY KEY (merchant_id, order_id, version),
    CHECK (state <> 'delivered' OR fiscal IS NOT NULL)
);

-- getReceiptStatus.do by uuid
CREATE INDEX receipts_by_id ON receipts (merchant_id, receipt_id);
