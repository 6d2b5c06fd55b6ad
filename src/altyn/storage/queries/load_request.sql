-- load_request: one request of the log, with its content.
SELECT request_id, at, dropped_before, endpoint, method, http_method, path, login, shop, merchant_id, order_id,
       order_number, ip, status, code, refused, refusal, parameter, rule, took_ms, content
FROM request_log
WHERE request_id = :request_id::bigint;
