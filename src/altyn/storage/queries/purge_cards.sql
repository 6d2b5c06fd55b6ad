-- purge_cards: of some cards whose check is due, delete those that nothing needs, and set the next check of the others: when
-- their keeping time is over, or that of their stored card, which the shop has disabled (one that its payer has removed needs
-- none); `look_again` at the latest. An active stored
-- card needs its card; its removal makes the check due. Returns how many were due, and how many were deleted. A card that
-- another statement changes meanwhile is left as it is, so its times are compared again. The next check is always later
-- than now, so a loop over this statement ends.
WITH due AS (
    SELECT merchant_id, fingerprint, check_at FROM card_vault
    WHERE check_at <= :now::timestamptz
    ORDER BY check_at
    LIMIT :limit::integer
), stored AS (
    SELECT due.merchant_id, due.fingerprint,
           CASE WHEN bool_or(bindings.active) THEN 'infinity'
                ELSE max(bindings.changed_at) FILTER (WHERE NOT bindings.removed_by_payer) + (:now::timestamptz - :disabled_after::timestamptz)
           END AS needed_until
    FROM due JOIN bindings ON bindings.merchant_id = due.merchant_id AND bindings.fingerprint = due.fingerprint
    GROUP BY due.merchant_id, due.fingerprint
), asked AS (
    SELECT due.merchant_id, due.fingerprint, due.check_at, coalesce(stored.needed_until, '-infinity') AS needed_until
    FROM due LEFT JOIN stored ON stored.merchant_id = due.merchant_id AND stored.fingerprint = due.fingerprint
), postponed AS (
    UPDATE card_vault SET
        check_at = least(greatest(card_vault.keep_until + interval '1 microsecond', asked.needed_until),
                         :look_again::timestamptz)
    FROM asked
    WHERE card_vault.merchant_id = asked.merchant_id AND card_vault.fingerprint = asked.fingerprint
      AND card_vault.check_at = asked.check_at
      AND (card_vault.keep_until >= :now::timestamptz OR asked.needed_until > :now::timestamptz)
), deleted AS (
    DELETE FROM card_vault USING asked
    WHERE card_vault.merchant_id = asked.merchant_id AND card_vault.fingerprint = asked.fingerprint
      AND card_vault.check_at = asked.check_at
      AND card_vault.keep_until < :now::timestamptz AND asked.needed_until <= :now::timestamptz
    RETURNING card_vault.merchant_id
)
SELECT (SELECT count(*) FROM due) AS due, (SELECT count(*) FROM deleted) AS deleted;
