"""Credits: the bank that decides applications."""
