-- add_signing_key: a merchant's next signing key; no row when another process has taken its number.
INSERT INTO signing_keys (merchant_id, alias, number, certificate, sealed, created_at)
VALUES (:merchant_id::integer, :alias::text, :number::integer, :certificate::text, :sealed::bytea,
        :now::timestamptz)
ON CONFLICT DO NOTHING RETURNING number;
