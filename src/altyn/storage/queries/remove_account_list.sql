-- remove_account_list: removes a filter of a user.
DELETE FROM account_lists
WHERE merchant_id = :merchant_id::integer AND login = :login::text AND kind = :kind::text AND name = :name::text;
