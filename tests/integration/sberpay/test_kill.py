"""A gateway is killed in the middle of a SberPay payment: a confirmation is never lost.

The phone, the bank and the gateway are one process of the sandbox. It kills itself at a moment of
the payment, or a test kills it as soon as the phone has its answer. A fresh process inquires; the
money has moved once, and the books agree.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import aiohttp
import pytest

from altyn import main
from altyn.operations.connector import payment_key
from altyn.storage.database import connect
from tests.audit import audit, unsettled
from tests.processes import Crowd, Launcher, a_crowd, kill
from tests.shop import new_number, settings_of
from tests.ways.dying_gateway import Moment, serve_until_death
from tests.ways.gateway_process import GatewayProcess
from tests.ways.sberpay import PHONE, PUSH

pytestmark = pytest.mark.slow

WITHIN_SECONDS: Final = 30
MESSAGES: Final = "SELECT count(*) FROM simulators.phone_messages"
ORDERS: Final = "SELECT order_id FROM orders"
AUTHORISED: Final = """
    SELECT count(*) FROM simulators.bank_requests
    WHERE operation = 'AUTHORISE' AND outcome = 'APPROVED'
"""
ROUNDS: Final = 3
PAYERS: Final = 4
ACKNOWLEDGED, ANSWERED_BEFORE = 200, 409


@asynccontextmanager
async def gateway(database_url: str, home: Path, moment: Moment) -> AsyncIterator[Crowd]:
    """The clients of a gateway process that dies at this moment, or at the end."""
    process = GatewayProcess(database_url, home, moment, serve_until_death)
    try:
        async with a_crowd([process.port]) as crowd:
            await crowd.must_be_ready()
            yield crowd
    finally:
        process.kill()


async def register(crowd: Crowd, *, two_phase: bool) -> str:
    path = "registerPreAuth.do" if two_phase else "register.do"
    fields = {"orderNumber": new_number(), "returnUrl": "https://shop.example/", **PUSH}
    answer = await crowd.call(path, amount=1000_00, **fields)
    assert answer["externalParams"]["sbolInactive"] == "false", answer
    order_id: str = answer["orderId"]
    return order_id


async def confirm(crowd: Crowd, order_id: str) -> None:
    """The payer confirms on the phone."""
    key = payment_key(UUID(order_id), 1)
    address = f"http://127.0.0.1:{crowd.ports[0]}/confirm?key={key}"
    async with crowd.session.post(address) as answer:
        answer.raise_for_status()


async def until_paid(crowd: Crowd, order_id: str, *, two_phase: bool) -> None:
    """Wait until the order is paid, or its sum is held."""
    async with asyncio.timeout(WITHIN_SECONDS):
        shown = 0
        while shown != (1 if two_phase else 2):
            shown = (await crowd.status(order_id))["orderStatus"]
            await asyncio.sleep(0.1)


async def look(database_url: str, statement: str) -> Any:
    pool = await connect(database_url, pool_size=1)
    try:
        return await pool.fetchval(statement)
    finally:
        await pool.close()


async def complaints(database_url: str) -> list[str]:
    """What the auditor finds when everything is settled."""
    pool = await connect(database_url, pool_size=1)
    try:
        assert await unsettled(pool) == 0
        return await audit(pool)
    finally:
        await pool.close()


@pytest.mark.parametrize("two_phase", [False, True], ids=["one-stage", "two-stage"])
@pytest.mark.parametrize(
    "moment", [Moment.CONFIRMATION_STORED, Moment.MONEY_MOVED, Moment.ANSWERED]
)
async def test_confirmation_is_not_lost(
    own_database_url: str, tmp_path: Path, moment: Moment, *, two_phase: bool
) -> None:
    await main.prepare(settings_of(own_database_url, tmp_path))
    async with gateway(own_database_url, tmp_path, moment) as killed:
        order_id = await register(killed, two_phase=two_phase)
        with pytest.raises(aiohttp.ClientError):
            await confirm(killed, order_id)
    async with gateway(own_database_url, tmp_path, Moment.NEVER) as fresh:
        await until_paid(fresh, order_id, two_phase=two_phase)
        assert (await fresh.status(order_id))["paymentWay"] == "SBRF_SBOL"
    assert await complaints(own_database_url) == []


async def test_push_is_sent_once_although_its_gateway_is_killed(
    own_database_url: str, tmp_path: Path
) -> None:
    await main.prepare(settings_of(own_database_url, tmp_path))
    async with gateway(own_database_url, tmp_path, Moment.INVOICE_SENT) as killed:
        with pytest.raises(aiohttp.ClientError):
            await register(killed, two_phase=False)
    order_id = str(await look(own_database_url, ORDERS))
    async with gateway(own_database_url, tmp_path, Moment.NEVER) as fresh:
        await confirm(fresh, order_id)
        await until_paid(fresh, order_id, two_phase=False)
    assert await look(own_database_url, MESSAGES) == 1
    assert await complaints(own_database_url) == []


async def test_confirmation_answered_on_the_phone_survives_the_death_of_its_gateway(
    own_database_url: str, tmp_path: Path
) -> None:
    """Payers confirm at once; their gateway is killed when the first of them has an answer."""
    await main.prepare(settings_of(own_database_url, tmp_path))
    launcher = Launcher(own_database_url, tmp_path, sockets=2)
    try:
        launcher.start(1)
        first, second = ([port] for port in launcher.ports)
        async with a_crowd(first) as killed, a_crowd(second) as other:
            for number in range(ROUNDS):
                victim = launcher.start(0)
                await killed.must_be_ready()
                await other.must_be_ready()
                await confirm_and_kill(killed, other, victim, two_phase=number % 2 == 1)
    finally:
        launcher.stop()
    assert await look(own_database_url, AUTHORISED) == ROUNDS * PAYERS
    assert await complaints(own_database_url) == []


async def confirm_and_kill(killed: Crowd, other: Crowd, victim: int, *, two_phase: bool) -> None:
    """One round: payers with an answer are paid; the others confirm again at the other gateway."""
    orders = [await register(other, two_phase=two_phase) for _ in range(PAYERS)]
    pushes = [await push_of(other, order_id) for order_id in orders]
    statuses = await asyncio.gather(
        *(confirm_push(killed, push, victim) for push in pushes), return_exceptions=True
    )
    assert ACKNOWLEDGED in statuses, statuses
    for order_id, push, status in zip(orders, pushes, statuses, strict=True):
        if status != ACKNOWLEDGED:
            assert isinstance(status, aiohttp.ClientError), status
            assert await confirm_push(other, push) in (ACKNOWLEDGED, ANSWERED_BEFORE)
        await until_paid(other, order_id, two_phase=two_phase)


async def push_of(crowd: Crowd, order_id: str) -> str:
    """The address of an order's push on the phone."""
    address = f"/sandbox/phones/{PHONE}/messages"
    async with crowd.session.get(f"http://127.0.0.1:{crowd.ports[0]}{address}") as answer:
        messages = (await answer.json())["messages"]
    (message_id,) = [each["id"] for each in messages if each["orderId"] == order_id]
    return f"{address}/{message_id}"


async def confirm_push(crowd: Crowd, push: str, victim: int | None = None) -> int:
    """Confirm on the phone, and kill `victim` when the answer begins; the status of the answer."""
    address = f"http://127.0.0.1:{crowd.ports[0]}{push}"
    async with crowd.session.post(address, json={"action": "confirm"}) as answer:
        if victim is not None:
            kill(victim)
        return answer.status
