-- receive: store a receipt that is not known, count the call, and lock the receipt until the end of the transaction.
INSERT INTO simulators.register_receipts AS known (
    receipt_id, shop, returns_money, amount_minor, contact, fault, state, calls, received_at, ready_at, problem)
VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10)
ON CONFLICT (receipt_id) DO UPDATE SET calls = known.calls + 1
RETURNING state, calls, fault, ready_at, document, problem;

-- next_number: the next document of a shop's register. After 24 h the shift is closed and a new one is opened, which are
-- documents of their own. $2 is the time, $3 the length of a shift.
INSERT INTO simulators.registers AS register (shop, documents, shift, receipts, opened_at)
VALUES ($1, 2, 1, 1, $2)
ON CONFLICT (shop) DO UPDATE SET
    documents = register.documents + CASE WHEN register.opened_at + $3 <= $2 THEN 3 ELSE 1 END,
    shift = register.shift + CASE WHEN register.opened_at + $3 <= $2 THEN 1 ELSE 0 END,
    receipts = CASE WHEN register.opened_at + $3 <= $2 THEN 1 ELSE register.receipts + 1 END,
    opened_at = CASE WHEN register.opened_at + $3 <= $2 THEN $2 ELSE register.opened_at END
RETURNING number, documents, shift, receipts;

-- print: the receipt with its document.
UPDATE simulators.register_receipts SET state = 'printed', document = $2 WHERE receipt_id = $1;

-- printed: what a shop's register has printed, in the order of the documents.
SELECT receipt_id, returns_money, amount_minor, calls, document
FROM simulators.register_receipts
WHERE shop = $1 AND document IS NOT NULL
ORDER BY (document ->> 'document_number')::bigint;
