-- receive: store a receipt that is not known, and count the call. The commit does not wait for the disk.
WITH commit_mode AS MATERIALIZED (
    SELECT set_config('synchronous_commit', 'off', true)
)
INSERT INTO simulators.register_receipts AS known (
    receipt_id, shop, returns_money, amount_minor, contact, fault, state, calls, received_at, ready_at, problem)
SELECT $1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10 FROM commit_mode
ON CONFLICT (receipt_id) DO UPDATE SET calls = known.calls + 1
RETURNING *;

-- print: number a receipt that waits and is ready; no row if another process has printed it. After 24 h ($3) the shift
-- is closed and a new one is opened, which are documents of their own. $2 is the time.
WITH commit_mode AS MATERIALIZED (
    SELECT set_config('synchronous_commit', 'off', true)
), ready AS MATERIALIZED (
    SELECT receipt_id, shop
    FROM simulators.register_receipts, commit_mode
    WHERE receipt_id = $1 AND state = 'waiting' AND ready_at <= $2
    FOR UPDATE OF register_receipts
), numbered AS (
    INSERT INTO simulators.registers AS register (shop, documents, shift, receipts, opened_at)
    SELECT shop, 2, 1, 1, $2::timestamptz FROM ready
    ON CONFLICT (shop) DO UPDATE SET
        documents = register.documents + CASE WHEN register.opened_at + $3 <= $2 THEN 3 ELSE 1 END,
        shift = register.shift + CASE WHEN register.opened_at + $3 <= $2 THEN 1 ELSE 0 END,
        receipts = CASE WHEN register.opened_at + $3 <= $2 THEN 1 ELSE register.receipts + 1 END,
        opened_at = CASE WHEN register.opened_at + $3 <= $2 THEN $2 ELSE register.opened_at END
    RETURNING shop, number, documents, shift, receipts
)
UPDATE simulators.register_receipts AS printed SET
    state = 'printed', printed_at = $2, register = numbered.number, document = numbered.documents,
    shift = numbered.shift, receipt = numbered.receipts
FROM ready JOIN numbered USING (shop)
WHERE printed.receipt_id = ready.receipt_id
RETURNING printed.*;

-- printed: what a shop's register has printed, in the order of the documents.
SELECT receipt_id, returns_money, amount_minor, calls, document
FROM simulators.register_receipts
WHERE shop = $1 AND document IS NOT NULL
ORDER BY document;
