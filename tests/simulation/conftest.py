"""What simulations share: a PostgreSQL of this test process, and databases that were empty."""

import pytest

pytest.register_assert_rewrite("tests.simulation.scenario", "tests.shop", "tests.audit")

from tests.integration.conftest import (  # noqa: E402 - what is rewritten is named first
    database_url,
    empty_database_url,
    postgres_server,
)

__all__ = ["database_url", "empty_database_url", "postgres_server"]
