-- keep_account_list: keeps a filter or the columns of a user; what had the same name is replaced. A user who keeps too
-- many of a kind already keeps no new one, and gets no row.
INSERT INTO account_lists (merchant_id, login, kind, name, query)
SELECT :merchant_id::integer, :login::text, :kind::text, :name::text, :query::text
WHERE (SELECT count(*) FROM account_lists AS kept
       WHERE kept.merchant_id = :merchant_id AND kept.login = :login AND kept.kind = :kind
         AND kept.name <> :name) < :limit::integer
ON CONFLICT (merchant_id, login, kind, name) DO UPDATE SET query = EXCLUDED.query
RETURNING name;
