-- open_account: remember how the card behind an account behaves; the newest word wins.
INSERT INTO simulators.acs_accounts (account, card, pares, eci, code)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account) DO UPDATE
SET card = excluded.card, pares = excluded.pares, eci = excluded.eci, code = excluded.code;

-- read_account: the card behind an account.
SELECT * FROM simulators.acs_accounts WHERE account = $1;

-- open_authentication: begin, unless it was begun before: the same PaReq or AReq may come again.
INSERT INTO simulators.acs_authentications (
    id, server_trans_id, message_id, xid, message_version, merchant, amount_minor, currency, card,
    return_url, code, on_success, cavv, eci, status
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT DO NOTHING;

-- read_authentication: an authentication by its id.
SELECT * FROM simulators.acs_authentications WHERE id = $1;

-- read_by_server_trans_id: an authentication of version 2 by the gateway's id of it.
SELECT * FROM simulators.acs_authentications WHERE server_trans_id = $1;

-- answer: what the payer decided. Only an open authentication moves, so a finished one stays as it
-- is however often its page is sent again, and no try is free. $2: cancelled, $3: what was typed,
-- $4: tries in all.
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
