-- notify_all: sends several notifications; each is sent with the commit.
SELECT pg_notify(:channel::text, payload) FROM unnest(:payloads::text[]) AS payload;
