-- list_user_logins: the logins of all users, of the API and of the personal account.
SELECT login FROM api_users
UNION ALL
SELECT login FROM account_users
ORDER BY login;
