-- keep_account_list: keeps a filter, the columns or the filter fields of a user; what had the same name is replaced. A
-- user who keeps too many of a kind already keeps no new one, and gets no row.
WITH other_lists AS (
    SELECT count(*) AS count FROM account_lists
    WHERE merchant_id = :merchant_id::integer AND login = :login::text AND kind = :kind::text AND name <> :name::text
)
INSERT INTO account_lists (merchant_id, login, kind, name, query)
SELECT :merchant_id, :login, :kind, :name, :query::text FROM other_lists WHERE other_lists.count < :limit::integer
ON CONFLICT (merchant_id, login, kind, name) DO UPDATE SET query = EXCLUDED.query
RETURNING name;
