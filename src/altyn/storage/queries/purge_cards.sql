-- purge_cards: delete some cards whose keeping time is over and that no stored card needs: an active one, or one that
-- was disabled by the shop after `disabled_after`. The time is compared again at the deletion, so that a card whose time another
-- process extends meanwhile is kept.
WITH expired AS (
    SELECT merchant_id, fingerprint FROM card_vault
    WHERE keep_until < :now::timestamptz
      AND NOT EXISTS (
          SELECT FROM bindings
          WHERE bindings.merchant_id = card_vault.merchant_id
            AND bindings.fingerprint = card_vault.fingerprint
            AND (bindings.active
                 OR NOT bindings.removed_by_payer AND bindings.changed_at > :disabled_after::timestamptz))
    LIMIT :limit::integer
)
DELETE FROM card_vault USING expired
WHERE card_vault.merchant_id = expired.merchant_id
  AND card_vault.fingerprint = expired.fingerprint AND card_vault.keep_until < :now::timestamptz
RETURNING card_vault.merchant_id;
