"""Production processes write no core dump; card texts are dropped, and buffers are cleared."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from altyn.inbound.http.fields import Fields
from altyn.inbound.soap.security import SignedSource, UsernameToken
from altyn.masking import _is_secret, _mask_name, mask_text, mask_value
from altyn.protocol.dialects.classic.payment_methods import PAYMENT_ORDER
from altyn.protocol.dialects.classic.soap.request_reader import SoapParameters
from altyn.protocol.table import drop_card_values
from altyn.request_body import BodyTooLarge, ClearedBuffer, Disconnected, read_body
from tests.raw_http import raw_server
from tests.unit.test_settings import PRODUCTION

REPORT = """
import ctypes, resource, sys
_, most = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
from altyn.main import create_app
create_app()
print(resource.getrlimit(resource.RLIMIT_CORE) == (most, most))
print(resource.getrlimit(resource.RLIMIT_CORE) == (0, 0))
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == "linux" else 0)
"""


def report(settings: Mapping[str, str]) -> list[str]:
    """What a server process with these settings says about its limits, when it has started."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("ALTYN_")}
    command = [sys.executable, "-c", REPORT]
    done = subprocess.run(
        command, env={**kept, **settings}, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_production_process_writes_no_core_dump() -> None:
    _, none_written, dumpable = report(PRODUCTION)
    assert (none_written, dumpable) == ("True", "0")


def test_sandbox_process_keeps_its_limits() -> None:
    unchanged, *_ = report({})
    assert unchanged == "True"


CARD = {"$PAN": ("4111111111111111",), "$CVC": ("123",), "pan": ("4111111111111111",)}


@pytest.mark.parametrize("kind", [Fields, SoapParameters])
def test_card_texts_are_dropped_and_other_values_stay(kind: type[Fields | SoapParameters]) -> None:
    source = kind({**CARD, "MDORDER": ("order",)})
    drop_card_values(PAYMENT_ORDER, source)
    assert [source.get(name) for name in (*CARD, "MDORDER")] == ["", "", "", "order"]
    assert set(source) == {*CARD, "MDORDER"}, "the names are still known as sent"


def test_card_texts_of_a_soap_request_are_dropped() -> None:
    parameters = SoapParameters(dict(CARD))
    source = SignedSource(parameters, UsernameToken("shop-api", "secret-shop"))
    drop_card_values(PAYMENT_ORDER, source)
    assert source.get("$PAN") == ""
    assert source.get("password") == "secret-shop"


FORM = b"MDORDER=1&$PAN=4111111111111111&$CVC=123"


@pytest.fixture
def freed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The content of each buffer when it was freed, after it was cleared."""
    contents: list[bytes] = []
    clear = ClearedBuffer.__del__

    def clear_and_record(buffer: ClearedBuffer) -> None:
        clear(buffer)
        contents.append(bytes(buffer))

    monkeypatch.setattr(ClearedBuffer, "__del__", clear_and_record)
    return contents


def pieces(*messages: dict[str, Any]) -> Callable[[], Awaitable[dict[str, Any]]]:
    """An ASGI `receive` that gives these messages."""
    left = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(left)

    return receive


def piece(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_buffer_of_a_body_in_pieces_is_cleared(freed: list[bytes]) -> None:
    receive = pieces(piece(FORM[:20], more=True), piece(FORM[20:], more=False))
    assert await read_body(b"", receive, bytes_max=100) == FORM
    assert freed == [bytes(len(FORM))]


async def test_body_in_one_piece_is_not_copied() -> None:
    receive = pieces(piece(FORM, more=False))
    assert await read_body(b"", receive, bytes_max=100) is FORM


@pytest.mark.parametrize(
    ("last", "error"),
    [(piece(bytes(100), more=True), BodyTooLarge), ({"type": "http.disconnect"}, Disconnected)],
)
async def test_buffer_of_a_refused_body_is_cleared(
    freed: list[bytes], last: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await read_body(b"", pieces(piece(FORM, more=True), last), bytes_max=100)
    assert freed == [bytes(len(FORM))]


@pytest.mark.parametrize("reads", [True, False])
async def test_buffer_of_a_connection_is_cleared_while_the_connection_stays_open(
    freed: list[bytes],
    reads: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    async def answer(_scope: Any, receive: Any, send: Any) -> None:
        if reads:
            await receive()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (len(FORM), FORM)
    async with raw_server(answer) as server, server.connect() as client:
        await client.send(request)
        await client.head()
        assert freed == [bytes(len(FORM))]
        await client.send(request)
        await client.head()
    assert freed == [bytes(len(FORM))] * 2


@pytest.mark.parametrize("name", ["4111111111111111", "4111 1111 1111 1111", "123"])
def test_caches_of_names_keep_no_card_number_and_no_code(name: str) -> None:
    before = _mask_name.cache_info().currsize, _is_secret.cache_info().currsize
    mask_value({name: "value"})
    mask_text(f"{name}=value")
    after = _mask_name.cache_info().currsize, _is_secret.cache_info().currsize
    assert after == before
