-- record_requests: store new requests and change the books in one statement. $1 is a JSON array of the
-- requests. $2 is the value of `synchronous_commit`: whether the commit waits for the disk. No row is
-- returned for a request whose key is stored already. An approved authorisation is booked. A request that
-- moves money brings the sums of its authorisation before and after the movement. If the sums are no
-- longer those before it, nothing is stored for this request and no row is returned. The array has at
-- most one movement of each authorisation. Rows are locked in the order of their keys, so that two
-- statements cannot block each other. Of two concurrent requests with the same key, the second waits
-- until the first commits, and then finds the key.
WITH commit_mode AS MATERIALIZED (
    SELECT set_config('synchronous_commit', $2, true) AS mode
), new AS MATERIALIZED (
    SELECT new.*, nextval('simulators.bank_tickets') AS number
    FROM commit_mode, json_to_recordset($1::json) AS new (
        key text, operation text, merchant text, terminal text, amount_minor bigint,
        currency text, original_key text, deposit_at_once boolean, verify_only boolean, card text,
        fault smallint, outcome text, action_code integer, answer_lost boolean,
        asked_at timestamptz, rrn_prefix text, rrn text, approval_code text,
        sums_before bigint[], sums_after bigint[])
), locked AS (
    SELECT books.key
    FROM simulators.bank_authorisations AS books
    JOIN new ON books.key = new.original_key
        AND new.sums_before = ARRAY[held_minor, deposited_minor, reversed_minor, refunded_minor,
                                    released_minor]
    ORDER BY books.key
    FOR UPDATE OF books
), asked AS (
    INSERT INTO simulators.bank_requests (
        key, operation, merchant, terminal, amount_minor, currency, original_key,
        deposit_at_once, verify_only, card, fault, outcome, action_code, answer_lost, asked_at,
        rrn, approval_code
    )
    SELECT
        new.key, operation, merchant, terminal, amount_minor, currency, original_key,
        deposit_at_once, verify_only, card, fault, outcome, action_code, answer_lost, asked_at,
        CASE WHEN outcome = 'APPROVED'
            THEN coalesce(rrn, rrn_prefix || lpad(number::text, 6, '0'))
        END,
        CASE WHEN outcome = 'APPROVED'
            THEN coalesce(approval_code, lpad((number * 7919 % 1000000)::text, 6, '0'))
        END
    FROM new
    LEFT JOIN locked ON locked.key = new.original_key
    WHERE sums_before IS NULL OR locked.key IS NOT NULL
    ORDER BY new.key
    ON CONFLICT (key) DO NOTHING
    RETURNING *
), booked AS (
    INSERT INTO simulators.bank_authorisations (
        key, merchant, currency, card, fault, rrn, approval_code, approved_minor,
        held_minor, deposited_minor, reversed_minor, refunded_minor, released_minor
    )
    SELECT
        key, merchant, currency, card, fault, rrn, approval_code, amount_minor,
        CASE WHEN deposit_at_once THEN 0 ELSE amount_minor END,
        CASE WHEN deposit_at_once THEN amount_minor ELSE 0 END,
        0, 0, 0
    FROM asked
    WHERE operation = 'AUTHORISE' AND outcome = 'APPROVED' AND NOT verify_only
), moved AS (
    UPDATE simulators.bank_authorisations AS books
    SET
        held_minor = sums_after[1], deposited_minor = sums_after[2],
        reversed_minor = sums_after[3], refunded_minor = sums_after[4],
        released_minor = sums_after[5]
    FROM asked JOIN new USING (key)
    WHERE sums_before IS NOT NULL AND books.key = asked.original_key
)
SELECT * FROM asked;

-- read_request: a request by its key.
SELECT * FROM simulators.bank_requests WHERE key = $1;

-- close_key: store an inquiry for an unknown key; a later request with the key is not carried out.
INSERT INTO simulators.bank_requests (
    key, operation, merchant, terminal, amount_minor, currency,
    deposit_at_once, verify_only, outcome, action_code, asked_at
)
VALUES ($1, 'INQUIRE', $2, $3, 0, '', false, false, 'NOT_SENT', $4, $5)
ON CONFLICT (key) DO NOTHING
RETURNING key;

-- count_inquiry: count an inquiry for a key; the row stays locked until the transaction ends.
UPDATE simulators.bank_requests SET inquiries = inquiries + 1 WHERE key = $1 RETURNING *;

-- settle_pending: give a pending request its final outcome, and book an authorisation that is approved.
WITH settled AS (
    UPDATE simulators.bank_requests
    SET
        outcome = CASE WHEN action_code = 0 THEN 'APPROVED' ELSE 'DECLINED' END,
        rrn = CASE WHEN action_code = 0 THEN $2 || lpad(ticket.number::text, 6, '0') END,
        approval_code = CASE
            WHEN action_code = 0 THEN lpad((ticket.number * 7919 % 1000000)::text, 6, '0')
        END
    FROM (SELECT nextval('simulators.bank_tickets') AS number) AS ticket
    WHERE key = $1 AND outcome = 'PENDING'
    RETURNING bank_requests.*
), booked AS (
    INSERT INTO simulators.bank_authorisations (
        key, merchant, currency, card, fault, rrn, approval_code, approved_minor,
        held_minor, deposited_minor, reversed_minor, refunded_minor, released_minor
    )
    SELECT
        key, merchant, currency, card, fault, rrn, approval_code, amount_minor,
        CASE WHEN deposit_at_once THEN 0 ELSE amount_minor END,
        CASE WHEN deposit_at_once THEN amount_minor ELSE 0 END,
        0, 0, 0
    FROM settled
    WHERE operation = 'AUTHORISE' AND outcome = 'APPROVED' AND NOT verify_only
)
SELECT * FROM settled;

-- read_authorisations: the books of some authorisations.
SELECT * FROM simulators.bank_authorisations WHERE key = ANY ($1::text[]);
