-- purge_mails: deletes the mails that are older than a moment, and the oldest ones above a number.
DELETE FROM mails
WHERE sent_at < :before::timestamptz
   OR sent_at < (SELECT sent_at FROM mails ORDER BY sent_at DESC OFFSET :keep::integer - 1 LIMIT 1);
