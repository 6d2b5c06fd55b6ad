-- load_mail: one mail of the sandbox's mailbox.
SELECT merchant_id, order_id, version, line, order_number, reason, sender, recipient, subject, text, html, sent_at
FROM mails
WHERE merchant_id = :merchant_id::integer AND order_id = :order_id::uuid
  AND version = :version::integer AND line = :line::smallint;
