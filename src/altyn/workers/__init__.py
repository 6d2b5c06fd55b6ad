"""Background workers: timers, reconciliation, the outbox and housekeeping."""
