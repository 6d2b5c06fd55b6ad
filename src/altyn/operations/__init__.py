"""What can be done with an order: one file per operation, each a pure decision and its settlement."""
