-- record_request: store a new request; no row is returned if its key is stored already. The same
-- statement books an approved authorisation. Of two concurrent requests with the same key, the second
-- waits until the first commits, and then finds the key. $16 is the RRN's YDDDhh; $17 and $18 are
-- the RRN and the approval code of the authorisation if the request shares them. $19 is the value of
-- `synchronous_commit`: whether the commit waits for the disk.
WITH ticket AS (
    SELECT
        nextval('simulators.bank_tickets') AS number,
        set_config('synchronous_commit', $19, true) AS commit_mode
), asked AS (
    INSERT INTO simulators.bank_requests (
        key, operation, merchant, terminal, amount_minor, currency, original_key,
        deposit_at_once, verify_only, card, fault, outcome, action_code, answer_lost, asked_at,
        rrn, approval_code
    )
    SELECT
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
        CASE WHEN $12 = 'APPROVED' THEN coalesce($17, $16 || lpad(number::text, 6, '0')) END,
        CASE WHEN $12 = 'APPROVED'
            THEN coalesce($18, lpad((number * 7919 % 1000000)::text, 6, '0'))
        END
    FROM ticket
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

-- settle_pending: give a pending authorisation its final outcome, and book it if approved.
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
    WHERE outcome = 'APPROVED' AND NOT verify_only
)
SELECT * FROM settled;

-- read_authorisation: the books of an authorisation.
SELECT * FROM simulators.bank_authorisations WHERE key = $1;

-- record_movement: store a request that moves money, and the sums of its authorisation after it. Stores
-- nothing and returns no row if the key is stored already, or if the sums are no longer $20 to $24,
-- for which the movement was decided. $25 to $29 are the sums afterwards. $19 is the value of
-- `synchronous_commit`: whether the commit waits for the disk.
WITH ticket AS (
    SELECT
        nextval('simulators.bank_tickets') AS number,
        set_config('synchronous_commit', $19, true) AS commit_mode
), locked AS (
    SELECT key FROM simulators.bank_authorisations
    WHERE key = $7 AND held_minor = $20 AND deposited_minor = $21 AND reversed_minor = $22
      AND refunded_minor = $23 AND released_minor = $24
    FOR UPDATE
), asked AS (
    INSERT INTO simulators.bank_requests (
        key, operation, merchant, terminal, amount_minor, currency, original_key,
        deposit_at_once, verify_only, card, fault, outcome, action_code, answer_lost, asked_at,
        rrn, approval_code
    )
    SELECT
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
        coalesce($17, $16 || lpad(number::text, 6, '0')),
        coalesce($18, lpad((number * 7919 % 1000000)::text, 6, '0'))
    FROM ticket, locked
    ON CONFLICT (key) DO NOTHING
    RETURNING *
), moved AS (
    UPDATE simulators.bank_authorisations AS books
    SET
        held_minor = $25, deposited_minor = $26, reversed_minor = $27, refunded_minor = $28,
        released_minor = $29
    FROM asked
    WHERE books.key = asked.original_key
)
SELECT * FROM asked;
