"""The later parts: charged by the clock, once; refunds make them fewer. Source: bnpl.md §4, §7."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from altyn.main import endpoints
from altyn.simulators.bnpl_service import service
from altyn.workers.sandbox_clock import move_clock
from tests.integration.bnpl.payer import TWO_WEEKS, Payer

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
REVERSED = 3
ATTEMPTS_MAX = 6


async def test_every_part_is_charged_on_its_day(payer: Payer) -> None:
    order_id = await payer.paid(amount="150003")
    before = await payer.status(order_id)
    for charged in (2, 3, 4):
        await payer.after(TWO_WEEKS)
        states = await payer.states(order_id)
        assert states[0] == (37503, "charged")
        assert [state for _, state in states].count("charged") == charged
        assert f"списана часть {charged}" in (await payer.messages())[-1]
    assert await payer.events(order_id) == ["instalment_charged"] * 3
    assert await payer.status(order_id) == before, "the shop sees nothing of it"
    await payer.must_be_consistent()


async def test_all_parts_are_charged_when_the_clock_jumps(payer: Payer) -> None:
    order_id = await payer.paid()
    await payer.after(timedelta(days=60))
    assert [state for _, state in await payer.states(order_id)] == ["charged"] * 4
    await payer.must_be_consistent()


@pytest.mark.parametrize("days", [42, 90, 400])
async def test_jump_of_the_clock_charges_every_part_on_its_own_day(payer: Payer, days: int) -> None:
    order_id = await payer.paid()
    await payer.after(timedelta(days=days))
    charges = await payer.charges(order_id)
    assert [(part, event) for part, event, _ in charges] == [
        (part, "instalment_charged") for part in (2, 3, 4)
    ]
    for part, _, at in charges:
        assert TWO_WEEKS * (part - 1) <= at < TWO_WEEKS * (part - 1) + MINUTE
    await payer.must_be_consistent()


async def test_jump_of_the_clock_repeats_declined_charges_at_their_own_times(payer: Payer) -> None:
    poor = payer.with_phone("79991230004")  # each later part is declined twice
    order_id = await poor.paid()
    await poor.after(timedelta(days=90))
    charges = await poor.charges(order_id)
    assert [(part, event) for part, event, _ in charges] == [
        (part, f"instalment_{result}")
        for part in (2, 3, 4)
        for result in ("declined", "declined", "charged")
    ]
    for attempt, (part, _, at) in enumerate(charges):
        expected = TWO_WEEKS * (part - 1) + DAY * (attempt % 3)
        assert expected <= at < expected + MINUTE
    assert [state for _, state in await poor.states(order_id)] == ["charged"] * 4
    await poor.must_be_consistent()


async def test_jump_over_the_end_of_a_hold_charges_no_later_part(payer: Payer) -> None:
    order_id = await payer.paid("registerPreAuth.do")
    await payer.after(timedelta(days=90))
    assert (await payer.sums(order_id))[0] == REVERSED
    assert await payer.events(order_id) == []
    assert [state for _, state in await payer.states(order_id)] == ["ended"] * 4
    await payer.must_be_consistent()


async def test_jump_stops_where_a_part_cannot_be_charged_and_goes_on_later(
    payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, before = await payer.paid(), payer.shop.clock.now()
    monkeypatch.setattr(endpoints, "move_clock", partial(move_clock, seconds_max=2))
    async with payer.shop.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE simulators.bnpl_contracts")
        answer = await payer.shop.post_json("/sandbox/clock", {"days": 90})
        stopped = payer.shop.clock.now()
    assert answer.status == 503
    assert f"instalment of {UUID(order_id)}, due " in answer.json()["error"]
    assert "Move the clock again" in answer.json()["error"]
    assert stopped - before < TWO_WEEKS + DAY
    monkeypatch.undo()
    await payer.after(timedelta(days=90))
    assert await payer.events(order_id) == ["instalment_charged"] * 3
    await payer.must_be_consistent()


async def test_declined_part_is_tried_again_by_the_schedule(payer: Payer) -> None:
    poor = payer.with_phone("79991230004")
    order_id = await poor.paid()
    await poor.after(TWO_WEEKS)
    assert (await poor.states(order_id))[1] == (37500, "overdue")
    assert "не списана" in (await poor.messages())[-1]
    await poor.after(DAY)
    assert await poor.events(order_id) == ["instalment_declined"] * 2
    await poor.after(DAY)
    assert (await poor.states(order_id))[1] == (37500, "charged")
    assert await poor.events(order_id) == [*["instalment_declined"] * 2, "instalment_charged"]
    assert (await poor.status(order_id))["orderStatus"] == 2
    await poor.must_be_consistent()


async def test_part_stays_overdue_after_the_last_attempt_and_the_shop_keeps_its_money(
    payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "FAILING_CHARGES", ATTEMPTS_MAX)
    poor = payer.with_phone("79991230004")
    order_id = await poor.paid()
    before = await poor.status(order_id)
    await poor.after(timedelta(days=90))
    charges = await poor.charges(order_id)
    assert [(part, event) for part, event, _ in charges] == sorted(
        [(part, "instalment_declined") for part in (2, 3, 4)] * ATTEMPTS_MAX
    ), "each part is tried six times"
    await poor.after(timedelta(days=400))
    assert await poor.charges(order_id) == charges, "and not once more"
    assert await poor.states(order_id) == [(37500, "charged"), *[(37500, "overdue")] * 3]
    assert await poor.status(order_id) == before
    assert await poor.sums(order_id) == (2, 150000, 150000, 0)
    await poor.must_be_consistent()
    await poor.shop.call("refund.do", orderId=order_id, amount=150000)
    assert await poor.plan(order_id) == [
        (day, 0, "ended", returned)
        for (day, *_), returned in zip(await poor.plan(order_id), (37500, 0, 0, 0), strict=True)
    ]
    await poor.must_be_consistent()


async def test_refund_ends_parts_from_the_last_one_and_they_are_not_charged(payer: Payer) -> None:
    order_id = await payer.paid()
    await payer.after(TWO_WEEKS)
    await payer.shop.call("refund.do", orderId=order_id, amount=60000)
    assert await payer.states(order_id) == [
        (37500, "charged"),
        (37500, "charged"),
        (15000, "planned"),
        (0, "ended"),
    ]
    await payer.after(timedelta(days=60))
    assert (await payer.states(order_id))[2:] == [(15000, "charged"), (0, "ended")]
    assert await payer.events(order_id) == ["instalment_charged"] * 2
    await payer.must_be_consistent()


async def test_surplus_of_a_refund_returns_to_the_card(payer: Payer) -> None:
    order_id = await payer.paid()
    await payer.after(TWO_WEEKS)
    await payer.shop.call("refund.do", orderId=order_id, amount=100000)
    assert [(amount, back) for _, amount, _, back in await payer.plan(order_id)] == [
        (37500, 0),
        (12500, 25000),
        (0, 0),
        (0, 0),
    ]
    assert await payer.sums(order_id) == (4, 150000, 50000, 100000)
    await payer.must_be_consistent()


@pytest.mark.parametrize("seed", range(4))
async def test_refunds_at_any_moment_keep_all_books_equal(payer: Payer, seed: int) -> None:
    chance = random.Random(seed)
    phone = "79991230004" if seed % 2 else payer.phone
    buyer = payer.with_phone(phone)
    order_ids = [await buyer.paid(amount=str(chance.randrange(100000, 400000))) for _ in range(3)]
    for _ in range(8):
        if chance.random() < 0.6:
            order_id = chance.choice(order_ids)
            await buyer.shop.call("refund.do", orderId=order_id, amount=chance.randrange(1, 90000))
        else:
            await buyer.after(timedelta(days=chance.randrange(1, 20)))
        await buyer.must_be_consistent()
