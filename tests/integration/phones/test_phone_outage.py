"""The phones while the database hangs: busy answers, no traceback, and the phone works again."""

from __future__ import annotations

import asyncio
import dataclasses
from http import HTTPStatus
from pathlib import Path

import pytest

from altyn import main
from tests.asgi_client import AsgiClient
from tests.database_proxy import proxy_before
from tests.shop import settings_of

pytestmark = pytest.mark.slow

WITHIN_SECONDS = 60
MESSAGES = "/sandbox/phones/79990000601/messages"


async def test_hanging_database_is_answered_as_busy(own_database_url: str, tmp_path: Path) -> None:
    settings = settings_of(own_database_url, tmp_path, database_timeout_seconds=0.5)
    await main.prepare(settings)
    async with proxy_before(own_database_url) as (proxy, url):
        proxied = dataclasses.replace(settings, database_url=url)
        async with main.running(proxied) as gateway:
            client = AsgiClient(gateway.router, ip="127.0.0.1")

            async def until(status: HTTPStatus) -> str:
                async with asyncio.timeout(WITHIN_SECONDS):
                    while (answer := await client.get(MESSAGES)).status != status:  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
                return answer.text

            await until(HTTPStatus.OK)
            proxy.hanging = True
            assert "repeat the request" in await until(HTTPStatus.TOO_MANY_REQUESTS)
            proxy.hanging = False
            await until(HTTPStatus.OK)
