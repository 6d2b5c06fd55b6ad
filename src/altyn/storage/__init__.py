"""PostgreSQL: stores orders, merchants, cards and the outbox, and finds them again."""
