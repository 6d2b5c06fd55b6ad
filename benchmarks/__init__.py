"""How fast Altyn is on this machine, beside PostgreSQL alone; `make bench` runs it."""
