"""The gateway of the REST tests, with its shops, and a reader of its request log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest_asyncio

from altyn.domain.request_log import LoggedRequest, RequestFilter
from altyn.main import Gateway
from altyn.storage.request_log import RequestLogStore
from tests.asgi_client import AsgiClient
from tests.integration.rest.conftest import gateway

__all__ = ["gateway"]

ROUNDS_MAX = 600


@dataclass(frozen=True, slots=True)
class LogReader:
    """Reads what the gateway has recorded since the test began."""

    gateway: Gateway
    store: RequestLogStore
    begin: int

    @property
    def client(self) -> AsgiClient:
        return AsgiClient(self.gateway.router)

    async def last(self, count: int = 1) -> LoggedRequest:
        """The newest request, once the log has so many since the test began."""
        wanted = RequestFilter(after=self.begin)
        for _ in range(ROUNDS_MAX):
            lines = await self.store.find(wanted, limit=1_000)
            if len(lines) >= count:
                found = await self.store.get(lines[0].id)
                assert found is not None
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"the log has fewer than {count} requests since the test began")


@pytest_asyncio.fixture(loop_scope="module")
async def log(gateway: Gateway) -> LogReader:
    store = RequestLogStore(gateway.pool)
    await asyncio.sleep(0.5)  # what an earlier test has sent is written by then
    lines = await store.find(RequestFilter(), limit=1)
    return LogReader(gateway, store, lines[0].id if lines else 0)
