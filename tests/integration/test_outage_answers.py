"""A gateway whose database hangs: busy answers in every spelling, and one log line each."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from altyn import main
from altyn.settings import load
from tests.asgi_client import Answer, AsgiClient
from tests.database_proxy import proxy_before
from tests.integration.rest.logbook import logbook_kept
from tests.integration.soap.soap_client import PATH, REGISTER, TEXT_XML, envelope
from tests.shop import CREDENTIALS, new_number

pytestmark = pytest.mark.slow

WITHIN_SECONDS = 60


async def until(fact: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN_SECONDS):
        while not await fact():  # noqa: ASYNC110 - what is waited for happens in PostgreSQL
            await asyncio.sleep(0.05)


async def test_hanging_database_is_answered_as_busy_and_logged_once(
    own_database_url: str, tmp_path: Path
) -> None:
    settings = dataclasses.replace(
        load({}), home=tmp_path, database_url=own_database_url, database_timeout_seconds=0.5
    )
    await main.prepare(settings)
    async with proxy_before(own_database_url) as (proxy, url):
        proxied = dataclasses.replace(settings, database_url=url)
        async with main.running(proxied) as gateway:
            client = AsgiClient(gateway.router)

            async def register() -> Answer:
                fields = {"amount": "1000", "returnUrl": "https://shop.example/"}
                form = {**CREDENTIALS, **fields, "orderNumber": new_number()}
                return await client.post("/payment/rest/register.do", form)

            async def serves() -> bool:
                answer = await register()
                return answer.status == 200 and "orderId" in answer.json()

            async def busy() -> bool:
                return (await register()).status == 429

            async def ready() -> bool:
                return (await client.get("/ready")).status == 200

            assert await serves()
            with logbook_kept() as logbook:
                proxy.hanging = True
                await until(busy)
                answer = await register()
                assert (answer.status, answer.headers["retry-after"]) == (429, "1")
                assert answer.json()["errorCode"]
                message = envelope(REGISTER).encode()
                soap = await client.post(PATH, body=message, headers=[TEXT_XML])
                assert (soap.status, soap.headers["retry-after"]) == (503, "1")
                clock = await client.post("/sandbox/clock", body=b'{"seconds": 1}')
                assert (clock.status, clock.headers["retry-after"]) == (429, "1")
                assert not await ready()
                proxy.hanging = False
                await until(serves)
                await until(ready)
            lines = [line for line in logbook.lines if line["level"] != "debug"]
            assert names(lines).count("database_lost") == 1
            assert names(lines).count("database_back") == 1
            assert "worker_failed" not in names(lines)
            assert not [line for line in lines if line.get("path") == "/sandbox/clock"]


def names(lines: list[dict[str, Any]]) -> list[str]:
    return [line["event"] for line in lines]
