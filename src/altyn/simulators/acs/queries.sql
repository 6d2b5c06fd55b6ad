-- save_account: store the behaviour of an account's card; a newer one replaces it.
INSERT INTO simulators.acs_accounts (account, card, pares, eci, code)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account) DO UPDATE
SET card = excluded.card, pares = excluded.pares, eci = excluded.eci, code = excluded.code;

-- read_account: the card of an account.
SELECT * FROM simulators.acs_accounts WHERE account = $1;

-- begin_authentication: store a new authentication; a repeated PaReq or AReq changes nothing.
INSERT INTO simulators.acs_authentications (
    id, server_trans_id, message_id, xid, message_version, merchant, amount_minor, currency, card,
    return_url, code, on_success, cavv, eci, status
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT DO NOTHING;

-- read_authentication: an authentication by its id.
SELECT * FROM simulators.acs_authentications WHERE id = $1;

-- read_by_server_trans_id: an authentication of version 2 by the gateway's id.
SELECT * FROM simulators.acs_authentications WHERE server_trans_id = $1;

-- answer: store the payer's answer. Only an open authentication changes: a form that is sent again
-- does not change a finished one, and every typed code counts as an attempt. $2: cancelled, $3: the
-- typed code, $4: the maximum number of attempts.
UPDATE simulators.acs_authentications
SET
    cancelled = $2,
    tries = CASE WHEN $2 THEN tries ELSE tries + 1 END,
    status = CASE
        WHEN $2 THEN 'N'
        WHEN $3 = code THEN on_success
        WHEN tries + 1 >= $4 THEN 'N'
    END
WHERE id = $1 AND status IS NULL;
