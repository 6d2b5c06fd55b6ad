-- find_requests: the newest requests of the log that fit, newest first. An order is looked for by its id and by its
-- number, since a request names either; the arrays belong together.
SELECT request_id, at, dropped_before, endpoint, method, http_method, path, login, shop, merchant_id, order_id,
       order_number, ip, status, code, refused, refusal, parameter, rule, took_ms
FROM request_log
WHERE (:after::bigint IS NULL OR request_id > :after)
  AND (:before::bigint IS NULL OR request_id < :before)
  AND (:merchant_id::integer IS NULL OR merchant_id = :merchant_id)
  AND (:method::text IS NULL OR lower(regexp_replace(method, '[.]do$', '')) = lower(:method))
  AND (NOT :refused_only::boolean OR refused)
  AND (:order_number::text IS NULL
       OR order_id = ANY (:order_ids::uuid[])
       OR (order_number = :order_number
           AND (:number_merchant_id::integer IS NULL OR merchant_id = :number_merchant_id)))
ORDER BY request_id DESC
LIMIT :limit::integer;
