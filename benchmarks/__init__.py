"""Benchmarks of Altyn compared with PostgreSQL alone; `make bench` runs them."""
