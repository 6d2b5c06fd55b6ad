-- 0025_account_lists: what a user of the personal account keeps for the list of orders: named filters, chosen columns.

CREATE TABLE account_lists (
    merchant_id  integer  NOT NULL,
    login        text     NOT NULL,
    kind         text     NOT NULL CHECK (kind IN ('filter', 'columns')),
    name         text     NOT NULL,
    query        text     NOT NULL,  -- as in the address of the list
    PRIMARY KEY (merchant_id, login, kind, name)
);
