"""What simulations share: a PostgreSQL of this test process, and a gateway over an empty database."""

from tests.integration.conftest import database_url, empty_database_url, postgres_server

__all__ = ["database_url", "empty_database_url", "postgres_server"]
