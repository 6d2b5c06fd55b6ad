-- notify: notify every process of a change; the notification is sent with the commit. A statement of its own: on a
-- distributed database a statement that reads tables may run on a node where no process listens.
SELECT pg_notify(:channel::text, :payload::text);
