"""In production `altyn requests` reads the database: there is no API of the request log."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from altyn.cli.output import CommandError
from altyn.cli.requests import reader
from altyn.settings import Mode
from tests.integration.request_log.conftest import LogReader
from tests.shop import CREDENTIALS, new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_commands_read_the_database(log: LogReader, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(log.gateway.settings, mode=Mode.PRODUCTION)
    monkeypatch.setattr(reader, "read_settings", lambda: settings)
    number = new_number()
    form = {**CREDENTIALS, "amount": "1000", "orderNumber": number}
    await log.client.post("/payment/rest/register.do", form)
    await log.last()

    async def run(function: Any, *words: Any) -> Any:
        return await asyncio.to_thread(function, None, *words)

    filters = {"order": number, "shop": "test", "method": "register.do", "refused": True}
    (line,) = await run(reader.find_requests, {**filters, "limit": 5, "wait": 1, "after": 0})
    assert line["orderNumber"] == number
    shown = await run(reader.load_request, line["id"])
    assert "The rule: returnUrl: mandatory, but missing" in "\n".join(shown["explanation"])
    with pytest.raises(CommandError, match="no request 999999"):
        await run(reader.load_request, 999_999)
    with pytest.raises(CommandError, match="sandbox only"):
        await run(reader.repeat_request, line["id"])
