-- notify_all: as notify, several at once.
SELECT pg_notify(:channel::text, payload) FROM unnest(:payloads::text[]) AS payload;
