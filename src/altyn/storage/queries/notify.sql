-- notify: tell every process what has changed; it leaves with the commit. A statement of its own, since on a
-- distributed database one that touches tables may run where nobody listens.
SELECT pg_notify(:channel::text, :payload::text);
