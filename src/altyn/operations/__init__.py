"""What can be done with an order: one file per operation, a pure decision and its settlement."""
