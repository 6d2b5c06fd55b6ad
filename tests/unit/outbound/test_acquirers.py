"""Connectors to the bank never raise: a lost answer is unknown, a refused connection not sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.outbound.acquirer.connector import CardConnector
from altyn.outbound.acquirer.in_process import InProcessAcquirer
from altyn.outbound.acquirer.over_http import HttpAcquirer
from altyn.outbound.acquirer.test_cards import TestCardsOnly
from altyn.protocol.acquiring import (
    AcquirerOperation,
    AcquirerOutcome,
    AcquirerRequest,
    AcquirerResponse,
    CardCheck,
    decode_card_check,
    decode_request,
    encode_card_check_response,
    encode_response,
)

APPROVED = AcquirerResponse(
    outcome=AcquirerOutcome.APPROVED, action_code=0, rrn="632500000001", approval_code="123456"
)
PAN = Pan("5555555555555599")
REQUEST = AcquirerRequest(
    key="o-1",
    operation=AcquirerOperation.AUTHORISE,
    merchant="test",
    terminal="123456",
    amount_minor=100,
    currency="643",
    pan=PAN,
    expiry="203412",
)
CHECK = CardCheck(pan=PAN, expiry=Expiry(2034, 12), cvc=Cvc("123"))


class Bank:
    """Answers, fails or hangs as the test defines."""

    def __init__(self, failure: Exception | None = None, *, hangs: bool = False) -> None:
        self._failure, self._hangs = failure, hangs

    async def check_card(self, check: CardCheck) -> int | None:
        return None if check.cvc == Cvc("123") else 71015

    async def handle(self, request: AcquirerRequest) -> AcquirerResponse:
        if self._hangs:
            await asyncio.Event().wait()
        if self._failure:
            raise self._failure
        return APPROVED


async def test_in_process_acquirer_answers() -> None:
    acquirer = InProcessAcquirer(Bank(), timeout_seconds=5)
    assert await acquirer.ask(REQUEST) == APPROVED
    assert await acquirer.check(CHECK) is None


async def test_timeout_of_the_acquirer_is_unknown() -> None:
    acquirer = InProcessAcquirer(Bank(hangs=True), timeout_seconds=0.01)
    assert (await acquirer.ask(REQUEST)).outcome is AcquirerOutcome.UNKNOWN


async def test_error_of_the_acquirer_is_unknown() -> None:
    acquirer = InProcessAcquirer(Bank(RuntimeError("no money table")), timeout_seconds=5)
    assert (await acquirer.ask(REQUEST)).outcome is AcquirerOutcome.UNKNOWN


@pytest.mark.parametrize(
    ("digits", "accepted"), [("5555555555555599", True), ("4012888888881881", False)]
)
def test_sandbox_accepts_test_cards_only(digits: str, *, accepted: bool) -> None:
    checks = TestCardsOnly(CardConnector(InProcessAcquirer(Bank(), timeout_seconds=5)))
    assert (checks.refusal_of(Pan(digits)) is None) is accepted


@asynccontextmanager
async def bank_over_http(answer: web.Response | None) -> AsyncIterator[tuple[str, list[str]]]:
    """A bank at a loopback address; None hangs up without an answer."""
    received: list[str] = []

    async def acquiring(request: web.Request) -> web.Response:
        received.append(decode_request(await request.read()).key)
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer

    async def card_check(request: web.Request) -> web.Response:
        received.append(decode_card_check(await request.read()).expiry.wire)
        return web.Response(body=encode_card_check_response(101))

    app = web.Application()
    app.router.add_post("/acquiring", acquiring)
    app.router.add_post("/card-check", card_check)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site.name, received
    finally:
        await runner.cleanup()


def connector(session: aiohttp.ClientSession, url: str) -> HttpAcquirer:
    return HttpAcquirer(session, url, timeout_seconds=5, key="k-1")


async def ask(url: str, request: AcquirerRequest = REQUEST) -> AcquirerResponse:
    async with aiohttp.ClientSession() as session:
        return await connector(session, url).ask(request)


async def test_acquirer_over_http_answers() -> None:
    async with bank_over_http(web.Response(body=encode_response(APPROVED))) as (url, received):
        assert await ask(url) == APPROVED
        assert received == ["o-1"]
        async with aiohttp.ClientSession() as session:
            assert await connector(session, url).check(CHECK) == 101


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=500),
        web.Response(status=302, headers={"Location": "https://elsewhere.example/"}),
        web.Response(body=b"<html>maintenance</html>"),
        None,
    ],
    ids=["error", "redirect", "garbage", "hang-up"],
)
async def test_unreadable_answer_is_unknown(answer: web.Response | None) -> None:
    async with bank_over_http(answer) as (url, _):
        assert (await ask(url)).outcome is AcquirerOutcome.UNKNOWN


async def test_refused_connection_is_not_sent() -> None:
    async with bank_over_http(None) as (url, _):
        pass
    assert (await ask(url)).outcome is AcquirerOutcome.NOT_SENT


async def test_refused_connection_of_an_inquiry_is_unknown() -> None:
    async with bank_over_http(None) as (url, _):
        pass
    inquiry = replace(REQUEST, operation=AcquirerOperation.INQUIRE)
    assert (await ask(url, inquiry)).outcome is AcquirerOutcome.UNKNOWN


async def test_answer_may_arrive_in_pieces() -> None:
    body = encode_response(APPROVED)

    async def slowly(request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == "Bearer k-1"
        answer = web.StreamResponse()
        answer.content_length = len(body)
        await answer.prepare(request)
        for start in range(0, len(body), 7):
            await answer.write(body[start : start + 7])
            await asyncio.sleep(0.001)
        return answer

    app = web.Application()
    app.router.add_post("/acquiring", slowly)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        assert await ask(site.name) == APPROVED
    finally:
        await runner.cleanup()


async def test_sandbox_sends_no_real_card_to_an_acquirer() -> None:
    async with aiohttp.ClientSession() as session:
        checks = TestCardsOnly(CardConnector(connector(session, "http://127.0.0.1:1")))
        assert checks.refusal_of(PAN) is None
        assert checks.refusal_of(Pan("4012888888881881")) is not None
