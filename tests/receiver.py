"""A shop's receiver of callbacks: stores every callback and answers as the test demands.

It is an HTTP server on a port, because callbacks fail mostly by the network.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

import asyncpg
from aiohttp import web

from altyn.domain.merchant import MerchantSettings
from altyn.operations.staff.merchants import find_merchant
from altyn.operations.staff.settings import change_settings
from altyn.protocol.dialects.classic.callbacks.checksum import canonical, symmetric
from tests.staff import operator

WAIT_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class ReceivedCallback:
    """One callback as it arrived: path, the parameters of query and form, headers."""

    path: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    method: str = "GET"

    @property
    def order_id(self) -> str:
        return self.parameters["mdOrder"]

    @property
    def notification(self) -> tuple[str, str]:
        return self.parameters["operation"], self.parameters["status"]

    def signed_with(self, key: str) -> bool:
        return self.parameters.get("checksum") == symmetric(key, canonical(self.parameters))


Answer = Callable[[ReceivedCallback], Awaitable[int | None]]
"""The status to answer with; None closes the connection without an answer."""


async def answer_ok(_: ReceivedCallback) -> int | None:
    return 200


@dataclass
class Receiver:
    """The callbacks that came in, in order; `answer` decides the response."""

    answer: Answer = answer_ok
    port: int = 0
    got: list[ReceivedCallback] = field(default_factory=list)
    accepted: list[ReceivedCallback] = field(default_factory=list)
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def url(self, path: str = "/cb") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def of(self, order_id: str) -> list[tuple[str, str]]:
        """Operation and status of every callback of one order, in order of arrival."""
        return [each.notification for each in self.got if each.order_id == order_id]

    async def until(
        self, enough: Callable[[Sequence[ReceivedCallback]], bool]
    ) -> list[ReceivedCallback]:
        """Wait until `enough` accepts the callbacks that came; all of them. Raises TimeoutError."""
        async with asyncio.timeout(WAIT_SECONDS), self._arrived:
            await self._arrived.wait_for(lambda: enough(self.got))
        return list(self.got)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        form = dict(parse_qsl(await request.text(), keep_blank_values=True))
        query = dict(parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True))
        got = ReceivedCallback(
            request.path, {**query, **form}, dict(request.headers), request.method
        )
        self.got.append(got)
        async with self._arrived:
            self._arrived.notify_all()
        status = await self.answer(got)
        if status is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if status == 200:
            self.accepted.append(got)
        return web.Response(status=status)


@asynccontextmanager
async def a_receiver(answer: Answer = answer_ok, *, port: int = 0) -> AsyncIterator[Receiver]:
    """A receiver on a free port of the loopback interface."""
    receiver = Receiver(answer)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        receiver.port = runner.addresses[0][1]
        yield receiver
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(runner.cleanup(), 10)


async def set_callbacks(database_url: str, **changes: object) -> MerchantSettings:
    """Change the demo shop's callback settings as the staff does; the settings then in force."""
    named = {f"callbacks.{name}": value for name, value in changes.items()}
    return await set_settings(database_url, named)


async def set_settings(database_url: str, changes: Mapping[str, object]) -> MerchantSettings:
    """Change the demo shop's settings as the staff does; the settings then in force."""
    connection = await asyncpg.connect(database_url)
    try:
        staff = operator(connection)
        merchant = await find_merchant("test", staff)
        return await change_settings(merchant.merchant_id, changes, staff)
    finally:
        await connection.close()
