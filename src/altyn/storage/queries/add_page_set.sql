-- add_page_set: a new page set with its files.
WITH added AS (
    INSERT INTO page_sets (merchant_id, number, state, uploaded_at, uploaded_by, paths, size_bytes, findings)
    VALUES (:merchant_id::integer, :number::integer, :state::text, :uploaded_at::timestamptz,
            :uploaded_by::text, :paths::text[], :size_bytes::bigint, :findings::jsonb)
    ON CONFLICT (merchant_id, number) DO NOTHING
    RETURNING merchant_id, number
), stored AS (
    INSERT INTO page_set_files (merchant_id, number, path, content)
    SELECT added.merchant_id, added.number, files.path, files.content
    FROM added CROSS JOIN unnest(:paths::text[], :contents::bytea[]) AS files (path, content)
)
SELECT number FROM added;
