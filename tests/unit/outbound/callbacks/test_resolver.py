"""Names whose name servers do not answer delay neither other shops nor the rest of the gateway."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import pytest

from altyn.outbound.callbacks import resolver
from altyn.outbound.callbacks.resolver import ThreadedResolver

FOUND = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 443))]


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Names that begin with `silent` are looked up until the event is set."""
    over = threading.Event()

    def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
        if host.startswith("silent"):
            over.wait(30)
            raise socket.gaierror(socket.EAI_AGAIN, "nobody answers")
        return FOUND

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return over


async def test_unresolvable_names_leave_threads_for_known_names(
    silence: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "THREADS_FOR_UNKNOWN", 4)
    names = ThreadedResolver()
    try:
        assert (await names.resolve("shop.example", 443))[0]["host"] == "192.0.2.7"
        hanging = [
            asyncio.create_task(names.resolve(f"silent-{number}.example", 443))
            for number in range(20)
        ]
        await asyncio.sleep(0.05)

        async with asyncio.timeout(10):
            assert (await names.resolve("shop.example", 443))[0]["port"] == 443
            assert await asyncio.to_thread(lambda: 1) == 1, "the gateway's own threads are free"
    finally:
        silence.set()
        await names.close()
    ended = await asyncio.gather(*hanging, return_exceptions=True)
    assert all(isinstance(each, OSError | asyncio.CancelledError) for each in ended)


async def test_known_name_that_fails_becomes_unknown(silence: threading.Event) -> None:
    names = ThreadedResolver()
    try:
        await names.resolve("shop.example", 443)
        assert "shop.example" in names._known
        names._known["silent.example"] = None
        looking = asyncio.create_task(names.resolve("silent.example", 443))
        await asyncio.sleep(0.05)
        assert "silent.example" not in names._known
    finally:
        silence.set()
        await names.close()
    with pytest.raises(socket.gaierror):
        await looking


async def test_only_so_many_names_are_remembered(
    silence: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "NAMES_REMEMBERED", 3)
    names = ThreadedResolver()
    for number in range(5):
        await names.resolve(f"shop-{number}.example", 443)
    await names.close()
    assert list(names._known) == [f"shop-{number}.example" for number in (2, 3, 4)]
