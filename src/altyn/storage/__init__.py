"""PostgreSQL: how orders, bindings and everything owed to the outside are kept and found again."""
