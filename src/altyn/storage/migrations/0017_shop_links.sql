-- 0017_shop_links: when each shop sent payment links in the last hour. A shop has one row, which an insert locks, so
-- that the limit of an hour holds for requests at the same time.

CREATE TABLE shop_links (
    merchant_id integer PRIMARY KEY,
    sent        timestamptz[] NOT NULL  -- by the gateway's clock; older times leave with the next message
);
