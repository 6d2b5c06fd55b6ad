"""SMS to payers: the handler of the outbox, and the phones of the sandbox."""
