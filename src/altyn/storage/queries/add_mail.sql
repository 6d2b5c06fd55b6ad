-- add_mail: puts a mail into the sandbox's mailbox; a mail that was sent again is there once.
INSERT INTO mails (merchant_id, order_id, version, line, order_number, reason, sender, recipient, subject, text, html,
                   sent_at)
VALUES (:merchant_id::integer, :order_id::uuid, :version::integer, :line::smallint, :order_number::text,
        :reason::text, :sender::text, :recipient::text, :subject::text, :text::text, :html::text,
        :sent_at::timestamptz)
ON CONFLICT DO NOTHING;
