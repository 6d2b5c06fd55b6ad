"""A shop with an owner and an operator of its personal account, over a real PostgreSQL."""

from __future__ import annotations

import pytest

from altyn.storage.database import Pool
from tests.integration.account.access import Access, open_access
from tests.integration.storage.conftest import pool, start_process

__all__ = ["pool", "start_process"]


@pytest.fixture
async def access(pool: Pool) -> Access:
    """The personal account of the shop `shop`, whose clock the test moves."""
    return await open_access(pool)
