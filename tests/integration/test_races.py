"""Races for one order's money, in one process and between two: it moves once or not at all.

Every race is run against real processes over HTTP. After it the order, its history, its postings
and the bank's books must agree.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from altyn import main
from altyn.domain.card.values import Pan
from altyn.domain.refusals import Refusal
from altyn.protocol.acquiring import AcquirerOperation, AcquirerOutcome, AcquirerRequest
from altyn.protocol.test_cards import Fault, card_for_action_code, card_for_fault
from altyn.simulators.issuer import IssuerSimulator
from altyn.storage.database import Pool, connect
from tests.audit import audit
from tests.processes import Crowd, Launcher, a_crowd
from tests.shop import ENROLLED, GOOD, Shop, card_fields, refused, settings_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@dataclass
class Scene:
    """A crowd before one or two gateways, and the database behind them."""

    crowd: Crowd
    pool: Pool

    async def must_add_up(self, *order_ids: str) -> None:
        assert await audit(self.pool, order_ids) == []

    async def row(self, order_id: str) -> asyncpg.Record:
        row = await self.pool.fetchrow("SELECT * FROM orders WHERE order_id = $1", UUID(order_id))
        assert row is not None
        return row


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=[1, 2], ids=["one-process", "two-processes"]
)
async def scene(
    request: pytest.FixtureRequest,
    database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Scene]:
    home: Path = tmp_path_factory.mktemp("home")
    await main.prepare(settings_of(database_url, home))
    launcher = Launcher(database_url, home, sockets=request.param)
    try:
        for number in range(request.param):
            launcher.start(number)
        pool = await connect(database_url, pool_size=2)
        async with a_crowd(launcher.ports) as crowd:
            await crowd.must_be_ready()
            yield Scene(crowd, pool)
        await pool.close()
    finally:
        launcher.stop()


def ok(answers: list[dict[str, Any]]) -> int:
    return sum(str(answer.get("errorCode")) == "0" for answer in answers)


async def test_of_two_concurrent_refunds_of_60_from_100_one_succeeds(scene: Scene) -> None:
    order_id = await scene.crowd.paid(100_00)
    answers = await scene.crowd.at_once("refund.do", *[{"orderId": order_id, "amount": 60_00}] * 2)
    assert ok(answers) == 1, answers
    assert (await scene.row(order_id))["refunded_minor"] == 60_00
    await scene.must_add_up(order_id)


async def test_concurrent_refunds_never_exceed_the_deposit(scene: Scene) -> None:
    order_id = await scene.crowd.paid(50_00)
    answers = await scene.crowd.at_once("refund.do", *[{"orderId": order_id, "amount": 1_00}] * 64)
    assert ok(answers) == 50, Counter(str(answer) for answer in answers)
    above = [a for a in answers if refused("refund", a, Refusal.AMOUNT_ABOVE_DEPOSIT)]
    assert len(above) == 14
    assert (await scene.row(order_id))["refunded_minor"] == 50_00
    await scene.must_add_up(order_id)


async def test_refund_with_one_id_sent_32_times_is_made_once(scene: Scene) -> None:
    order_id = await scene.crowd.paid(100_00)
    form = {"orderId": order_id, "amount": 10_00, "externalRefundId": "R-1"}
    answers = await scene.crowd.at_once("refund.do", *[form] * 32)
    assert ok(answers) == 32, Counter(str(answer) for answer in answers)
    assert (await scene.row(order_id))["refunded_minor"] == 10_00
    await scene.must_add_up(order_id)


async def test_refund_with_a_lost_answer_is_made_once(scene: Scene) -> None:
    order_id = await scene.crowd.register(100_00)
    card = card_for_fault(Fault.REFUND_ANSWER_LOST)
    await scene.crowd.call("paymentorder.do", **card_fields(order_id, card))
    form = {"orderId": order_id, "amount": 100_00, "externalRefundId": "R-1"}
    await scene.crowd.at_once("refund.do", *[form] * 8)
    answers = await scene.crowd.at_once("refund.do", *[form] * 8)
    assert ok(answers) == 8, answers  # the second time around it is known
    assert (await scene.row(order_id))["refunded_minor"] == 100_00
    await scene.must_add_up(order_id)


async def test_concurrent_deposits_and_reversals_agree(scene: Scene) -> None:
    order_id = await scene.crowd.paid(100_00, two_phase=True)
    forms = [{"orderId": order_id, "amount": 0}] * 4
    deposits, reversals = await asyncio.gather(
        scene.crowd.at_once("deposit.do", *forms), scene.crowd.at_once("reverse.do", *forms)
    )
    row = await scene.row(order_id)
    # a deposit may come first and be reversed on its own day; a reversal leaves nothing to deposit
    assert (ok(deposits), ok(reversals)) in {(0, 1), (1, 1)}, (deposits, reversals)
    assert row["status"] == "reversed"
    assert row["approved_minor"] == 0
    await scene.must_add_up(order_id)


async def test_parts_of_a_hold_are_deposited_once(scene: Scene) -> None:
    order_id = await scene.crowd.paid(100_00, two_phase=True)
    forms: list[dict[str, object]] = [
        {"orderId": order_id, "amount": amount} for amount in range(10_00, 100_00, 5_00)
    ]
    answers = await scene.crowd.at_once("deposit.do", *forms)
    assert ok(answers) == 1
    won = next(
        f["amount"] for f, a in zip(forms, answers, strict=True) if str(a.get("errorCode")) == "0"
    )
    assert (await scene.row(order_id))["deposited_minor"] == won
    await scene.must_add_up(order_id)


@pytest.mark.parametrize(
    "cards",
    [(GOOD,), (GOOD, card_for_action_code(0)), (GOOD, card_for_action_code(116))],
    ids=["same-card", "two-cards", "one-without-money"],
)
async def test_order_paid_in_many_tabs_is_paid_once(scene: Scene, cards: tuple[str, ...]) -> None:
    order_id = await scene.crowd.register(100_00)
    forms: list[dict[str, object]] = [
        dict(card_fields(order_id, cards[n % len(cards)])) for n in range(8)
    ]
    answers = await scene.crowd.at_once("paymentorder.do", *forms)
    row = await scene.row(order_id)
    # three cards without money may come first and use the attempts up
    assert row["status"] == "deposited" or (len(cards) == 2 and row["status"] == "declined")
    if row["status"] == "deposited":
        paid = [a for a in answers if "redirect" in a and "error" not in a]
        assert len(paid) == 1, answers
    booked = await scene.pool.fetchval(
        "SELECT count(*) FROM simulators.bank_authorisations WHERE key LIKE $1",
        f"{UUID(order_id).hex}-%",
    )
    assert booked == (row["status"] == "deposited")
    await scene.must_add_up(order_id)


async def test_pares_posted_concurrently_pays_once(scene: Scene) -> None:
    order_id = await scene.crowd.register(100_00)
    sent = await scene.crowd.call("paymentorder.do", **card_fields(order_id, ENROLLED))
    pa_res = await Payer(scene.crowd).at_acs(sent)
    form: dict[str, object] = {"mdOrder": order_id, "paRes": pa_res}
    answers = await scene.crowd.at_once("finish3dsPayment.do", *[form] * 8)
    assert all("redirect" in answer and "error" not in answer for answer in answers), answers
    assert (await scene.row(order_id))["status"] == "deposited"
    await scene.must_add_up(order_id)


async def test_payment_in_one_tab_and_return_from_the_acs_in_another_pay_once(scene: Scene) -> None:
    order_id = await scene.crowd.register(100_00)
    sent = await scene.crowd.call("paymentorder.do", **card_fields(order_id, ENROLLED))
    pa_res = await Payer(scene.crowd).at_acs(sent)
    await asyncio.gather(
        scene.crowd.call("finish3dsPayment.do", mdOrder=order_id, paRes=pa_res),
        scene.crowd.call("paymentorder.do", **card_fields(order_id)),
    )
    assert (await scene.row(order_id))["status"] == "deposited"
    await scene.must_add_up(order_id)


async def test_order_number_used_32_times_concurrently_makes_one_order(scene: Scene) -> None:
    number = f"RACE-{uuid4().hex[:12]}"
    form: dict[str, object] = {
        "orderNumber": number,
        "amount": 100,
        "returnUrl": "https://shop.example/",
    }
    answers = await scene.crowd.at_once("register.do", *[form] * 32)
    made = [answer for answer in answers if "orderId" in answer]
    assert len(made) == 1
    taken = [a for a in answers if refused("register", a, Refusal.ORDER_NUMBER_TAKEN)]
    assert len(taken) == 31
    count = await scene.pool.fetchval("SELECT count(*) FROM orders WHERE order_number = $1", number)
    assert count == 1
    await scene.must_add_up(made[0]["orderId"])


async def test_order_whose_session_ends_during_payment_is_paid_or_declined(scene: Scene) -> None:
    order_ids = [await scene.crowd.register(100_00) for _ in range(12)]
    moving = asyncio.create_task(scene.crowd.move_clock(minutes=20))
    paying = [
        asyncio.create_task(scene.crowd.call("paymentorder.do", **card_fields(order_id)))
        for order_id in order_ids
        for _ in range(2)
    ]
    answers = await asyncio.gather(*paying)
    await moving
    await scene.crowd.move_clock(minutes=2)
    for number, order_id in enumerate(order_ids):
        row = await scene.row(order_id)
        tab_answers = answers[2 * number : 2 * number + 2]
        paid = [a for a in tab_answers if "redirect" in a and "error" not in a]
        assert row["status"] in {"deposited", "declined"}
        assert len(paid) == (row["status"] == "deposited"), (row["status"], tab_answers)
    await scene.must_add_up(*order_ids)


async def test_batches_of_two_processes_do_not_deadlock(scene: Scene) -> None:
    """Batches of two processes lock the same rows: neither waits for the other for ever."""
    order_ids = [await scene.crowd.paid(100_00) for _ in range(12)]
    chance = random.Random(20261121)
    forms: list[dict[str, object]] = [
        {"orderId": order_id, "amount": 1_00} for order_id in order_ids for _ in range(12)
    ]
    chance.shuffle(forms)
    answers = await scene.crowd.at_once("refund.do", *forms)
    assert ok(answers) == len(forms), Counter(str(answer) for answer in answers)
    await scene.must_add_up(*order_ids)


async def test_acquirer_requests_with_one_key_are_carried_out_once(scene: Scene) -> None:
    """The property of the bank that all tests above rely on."""
    banks = [IssuerSimulator(scene.pool, lambda: datetime.now(UTC)) for _ in range(2)]
    request = AcquirerRequest(
        key=f"{uuid4().hex}-1",
        operation=AcquirerOperation.AUTHORISE,
        merchant="test",
        terminal="1",
        amount_minor=100_00,
        currency="643",
        pan=Pan(GOOD),
        expiry="209912",
        deposit_at_once=True,
    )
    responses = await asyncio.gather(*(banks[n % 2].handle(request) for n in range(16)))
    assert {response.outcome for response in responses} == {AcquirerOutcome.APPROVED}
    assert len({response.rrn for response in responses}) == 1


class Payer(Shop):
    """A payer at the ACS, whose browser reaches it over the network."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd

    async def _post(self, path: str, fields: dict[str, Any]) -> Any:
        return await self._crowd.browse(path, fields)
