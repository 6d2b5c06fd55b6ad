-- purge_cards: delete some cards whose time is over; not one whose stay is extended at this very moment.
DELETE FROM card_vault
WHERE keep_until < :now::timestamptz
  AND (merchant_id, fingerprint) IN (SELECT merchant_id, fingerprint FROM card_vault
                                     WHERE keep_until < :now::timestamptz LIMIT :limit::integer)
RETURNING merchant_id;
