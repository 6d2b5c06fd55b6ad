-- use_challenge: use up a challenge: `used` has no row if it was used before. Ended ones are deleted.
used AS (
    INSERT INTO used_challenges (merchant_id, challenge, ends_at)
    VALUES (:merchant_id::integer, :challenge::bytea, :ends_at::timestamptz)
    ON CONFLICT (merchant_id, challenge) DO NOTHING
    RETURNING merchant_id
), ended AS (
    DELETE FROM used_challenges
    WHERE merchant_id = :merchant_id::integer AND ends_at <= :at::timestamptz
)
