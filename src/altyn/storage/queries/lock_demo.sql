-- lock_demo: of many processes that start at once one adds the demo shop; the others wait for its commit.
SELECT pg_advisory_xact_lock(hashtext('altyn demo'));
