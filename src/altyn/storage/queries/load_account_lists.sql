-- load_account_lists: what a user keeps for the list of orders, by name.
SELECT kind, name, query FROM account_lists
WHERE merchant_id = :merchant_id::integer AND login = :login::text
ORDER BY kind, name;
