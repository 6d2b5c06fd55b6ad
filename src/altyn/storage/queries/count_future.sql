-- count_future: how many orders, callbacks and settings were changed after a time. The sandbox's clock is put back to that time only where there are none, or on request.
SELECT (SELECT count(*) FROM orders WHERE coalesce(changed_at, created_at) > :now::timestamptz) AS orders,
       (SELECT count(*) FROM outbox WHERE coalesce(settled_at, created_at) > :now::timestamptz) AS callbacks,
       (SELECT count(*) FROM merchant_settings WHERE changed_at > :now::timestamptz) AS settings;
