-- find_mails: the newest mails of the sandbox's mailbox: to an address, or of an order by its id or number.
SELECT merchant_id, order_id, version, line, order_number, reason, sender, recipient, subject, text, html, sent_at
FROM mails
WHERE (:recipient::text IS NULL OR lower(recipient) = lower(:recipient))
  AND (:order_id::uuid IS NULL OR order_id = :order_id)
  AND (:order_number::text IS NULL OR order_number = :order_number)
ORDER BY sent_at DESC, version DESC, line DESC
LIMIT :limit::integer;
