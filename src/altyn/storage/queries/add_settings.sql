-- add_settings: the next version of a merchant's settings; no row when another process has made it.
INSERT INTO merchant_settings (merchant_id, version, settings, changed_at, changed_by)
VALUES (:merchant_id::integer, :version::integer, :settings::jsonb, :now::timestamptz,
        :changed_by::text)
ON CONFLICT (merchant_id, version) DO NOTHING RETURNING version;
