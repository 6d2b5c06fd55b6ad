"""What simulations share with the integration tests: databases, and cheap passwords."""

from tests.integration.conftest import (
    cheap_passwords,
    database_url,
    own_database_url,
    postgres_server,
    prepared_database,
)

__all__ = [
    "cheap_passwords",
    "database_url",
    "own_database_url",
    "postgres_server",
    "prepared_database",
]
