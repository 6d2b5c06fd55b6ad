-- add_requests: adds a batch of requests to the log. The lock puts the ids of all processes in the order of their
-- commits, so that a reader who asks for the requests after an id misses none.
WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(:lock::bigint)
)
INSERT INTO request_log (at, dropped_before, endpoint, method, http_method, path, login, shop, merchant_id, order_id,
                         order_number, ip, status, code, refused, refusal, parameter, rule, took_ms, content)
SELECT added.at, added.dropped_before, added.endpoint, added.method, added.http_method, added.path, added.login,
       coalesce(nullif(added.shop, ''), merchants.login, ''), merchants.merchant_id, added.order_id,
       added.order_number, added.ip, added.status, added.code, added.refused, added.refusal, added.parameter,
       added.rule, added.took_ms, added.content
FROM turn
CROSS JOIN unnest(
    :at::timestamptz[], :dropped_before::integer[], :endpoint::text[], :method::text[], :http_method::text[],
    :path::text[], :login::text[], :shop::text[], :merchant_id::integer[], :order_id::uuid[],
    :order_number::text[], :ip::text[], :status::integer[], :code::integer[], :refused::boolean[],
    :refusal::text[], :parameter::text[], :rule::text[], :took_ms::real[], :content::text[]
) AS added (at, dropped_before, endpoint, method, http_method, path, login, shop, merchant_id, order_id, order_number,
            ip, status, code, refused, refusal, parameter, rule, took_ms, content)
LEFT JOIN merchants ON merchants.login = added.shop
                    OR (added.shop = '' AND merchants.merchant_id = added.merchant_id);
