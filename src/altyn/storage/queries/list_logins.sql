-- list_logins: every login of a merchant: its own, and those of its users of both kinds.
SELECT login FROM logins WHERE merchant_id = :merchant_id::integer ORDER BY login;
