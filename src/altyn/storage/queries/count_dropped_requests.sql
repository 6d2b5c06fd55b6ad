-- count_dropped_requests: how many requests of the time that the log covers were not recorded.
SELECT coalesce(sum(dropped_before), 0)::bigint AS dropped FROM request_log WHERE dropped_before > 0;
