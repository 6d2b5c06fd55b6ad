"""What simulations share: a PostgreSQL of this test process, and databases that were empty."""

from tests.integration.conftest import database_url, empty_database_url, postgres_server

__all__ = ["database_url", "empty_database_url", "postgres_server"]
