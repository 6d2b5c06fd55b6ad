-- list_users: a merchant's users of both kinds, without their passwords; API users have no role.
SELECT login, NULL AS role, must_change_password, blocked
FROM api_users WHERE merchant_id = :merchant_id::integer
UNION ALL
SELECT login, role, must_change_password, blocked
FROM account_users WHERE merchant_id = :merchant_id::integer
ORDER BY login;
