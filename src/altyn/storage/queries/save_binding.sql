-- save_binding: the next version of a stored card with the outbox entries about it; no row when another version was
-- saved first, or when the client has the card active by another stored card. When it is disabled, the check of its card
-- is due: housekeeping sets when the card is deleted.
WITH saved AS (
    UPDATE bindings AS changed SET
        version = :version::integer, expiry = :expiry::text, active = :active::boolean,
        removed_by_payer = :removed_by_payer::boolean,
        charged_at = :charged_at::timestamptz, instalments_made = :instalments_made::integer,
        instalments_made_minor = :instalments_made_minor::bigint, changed_at = :at::timestamptz
    WHERE changed.merchant_id = :merchant_id::integer AND changed.binding_id = :binding_id::uuid
      AND changed.version = :version::integer - 1
    RETURNING merchant_id, binding_id, version, fingerprint, active
), cards AS (
    UPDATE card_vault SET check_at = :at::timestamptz  -- another time than before: a check that goes on is void
    FROM saved
    WHERE card_vault.merchant_id = :merchant_id::integer AND card_vault.fingerprint = saved.fingerprint
      AND NOT saved.active
), entries AS (
    INSERT INTO outbox (merchant_id, subject_id, version, line, kind, operation, receiver, origin, parameters,
                        created_at, due_at, not_before)
    SELECT saved.merchant_id, saved.binding_id, saved.version, line, kind, operation, receiver, origin, parameters,
           :at::timestamptz, :at::timestamptz, NULL
    FROM saved, json_to_recordset(:entries::json) AS entry (
        line smallint, kind text, operation text, receiver text, origin text, parameters json)
    WHERE saved.merchant_id = :merchant_id::integer
)
SELECT version FROM saved WHERE saved.merchant_id = :merchant_id::integer;
