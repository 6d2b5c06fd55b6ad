"""A further kind of effect, registered without a change of the gateway's code.

The gateway, PostgreSQL and the callbacks are real; only the clock is moved.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from altyn.domain.history import HistoryEvent
from altyn.domain.order import Order
from altyn.domain.outbox import AttemptResult, ClaimedEntry, EntryId
from altyn.operations.decisions import Accepted, accept
from altyn.operations.perform import perform
from altyn.operations.ports import Actor
from altyn.storage.outbox import OutboxStore
from tests.forked import ForkedProcess
from tests.integration.outbox.hanging_gateway import hang_at_a_note
from tests.integration.outbox.ledger_note import (
    FAILED,
    LEDGER_NOTE,
    PAUSE,
    REJECTED,
    WRITTEN,
    Books,
    LedgerNote,
    with_notes,
    write,
)
from tests.processes import end_leases
from tests.receiver import ReceivedCallback, a_receiver, set_callbacks
from tests.shop import Shop, open_shop

TEST: Final = Actor(name="test")


@asynccontextmanager
async def a_shop(database_url: str, home: Path, books: Books) -> AsyncIterator[Shop]:
    async with open_shop(database_url, home, with_notes(books)) as shop:
        yield shop


async def note(shop: Shop, order_id: str, *notes: LedgerNote) -> Order:
    """A decision that changes nothing of the order but its history, with these effects."""

    def decide(order: Order, now: datetime) -> Accepted:
        return accept(order, HistoryEvent.PARAMS_ADDED, now, effects=notes)

    decision = await perform(decide, await shop.key(order_id), world=shop.gateway.world, actor=TEST)
    assert isinstance(decision, Accepted)
    return decision.order


async def states(shop: Shop, order_id: str) -> list[tuple[str, int, str | None]]:
    """State, failures and problem of the order's notes, in their order."""
    rows = await shop.pool.fetch(
        "SELECT state, failures, problem FROM outbox"
        " WHERE subject_id = $1 AND kind = $2 ORDER BY version, line",
        order_id,
        LEDGER_NOTE,
    )
    return [(row["state"], row["failures"], row["problem"]) for row in rows]


async def until_states(
    shop: Shop, order_id: str, expected: list[tuple[str, int, str | None]]
) -> None:
    async with asyncio.timeout(30):
        while await states(shop, order_id) != expected:  # noqa: ASYNC110 - it happens in PostgreSQL
            await asyncio.sleep(0.02)


async def test_note_is_saved_with_the_order_and_carried_out(
    database_url: str, tmp_path: Path
) -> None:
    books = Books()
    async with a_shop(database_url, tmp_path, books) as shop:
        order_id = await shop.register(1000_00)
        await note(shop, order_id, LedgerNote("first"), LedgerNote("second", book="book-2"))
        await until_states(shop, order_id, [("delivered", 0, None)] * 2)
        assert sorted(books.written) == ["first", "second"]


async def test_note_and_order_are_saved_by_one_statement_or_not_at_all(
    database_url: str, tmp_path: Path
) -> None:
    async with a_shop(database_url, tmp_path, Books()) as shop:
        order_id = await shop.register(1000_00)
        later = LedgerNote("later", due_after=timedelta(days=1))
        order = await note(shop, order_id, later)

        both = await shop.pool.fetchrow(
            "SELECT orders.xmin::text AS order_saved, outbox.xmin::text AS note_saved"
            " FROM orders JOIN outbox ON subject_id = order_id WHERE order_id = $1",
            order_id,
        )
        assert both is not None
        assert both["order_saved"] == both["note_saved"], "one transaction wrote both"

        kinds = shop.gateway.world.effects
        merchant = await shop.gateway.world.merchants.get(order.merchant_id)
        lost = accept(order, HistoryEvent.PARAMS_ADDED, shop.clock.now())
        entries = kinds.entries(later, lost.order, merchant, lost.at)
        saved = await shop.gateway.world.orders.save(
            Accepted(order=lost.order, event="noted", at=lost.at, outbox=entries),
            expected_version=order.version - 1,
            actor=TEST,
        )
        assert not saved
        assert len(await states(shop, order_id)) == 1, "a lost race saves no note"


async def test_failed_note_is_retried_by_the_schedule_of_its_kind(
    database_url: str, tmp_path: Path
) -> None:
    async def twice(entry: ClaimedEntry) -> AttemptResult:
        return WRITTEN if entry.attempt == 3 else FAILED

    books = Books(twice)
    async with a_shop(database_url, tmp_path, books) as shop:
        order_id = await shop.register(1000_00)
        await note(shop, order_id, LedgerNote("late"))
        await until_states(shop, order_id, [("waiting", 1, FAILED.problem)])
        await shop.travel(PAUSE)
        await until_states(shop, order_id, [("waiting", 2, FAILED.problem)])
        await shop.travel(PAUSE)
        await asyncio.sleep(1.2)  # a pulse of the worker
        assert books.attempts["late"] == 2, "the second pause is twice as long"
        await shop.travel(PAUSE)
        await until_states(shop, order_id, [("delivered", 2, None)])


async def test_note_is_dead_after_its_last_attempt_and_can_be_resent(
    database_url: str, tmp_path: Path
) -> None:
    async def closed(_: ClaimedEntry) -> AttemptResult:
        return FAILED

    books = Books(closed)
    async with a_shop(database_url, tmp_path, books) as shop:
        order_id = await shop.register(1000_00)
        order = await note(shop, order_id, LedgerNote("dead"))
        for failures in (1, 2):
            await until_states(shop, order_id, [("waiting", failures, FAILED.problem)])
            await shop.travel(failures * PAUSE)
        await until_states(shop, order_id, [("dead", 3, FAILED.problem)])

        books.answer = write
        outbox = OutboxStore(shop.pool)
        which = EntryId(order.merchant_id, UUID(order_id), order.version, 1)
        assert not await outbox.resend("callback", which, now=shop.clock.now()), "another kind"
        assert await outbox.resend(LEDGER_NOTE, which, now=shop.clock.now())
        await until_states(shop, order_id, [("delivered", 0, None)])


async def test_all_dead_notes_of_a_merchant_are_resent_and_no_callbacks(
    database_url: str, tmp_path: Path
) -> None:
    async def rejected(_: ClaimedEntry) -> AttemptResult:
        return REJECTED

    books = Books(rejected)
    async with a_shop(database_url, tmp_path, books) as shop:
        orders = [await shop.register(1000_00) for _ in range(3)]
        merchant_id = (await shop.key(orders[0])).merchant_id
        for order_id in orders:
            await note(shop, order_id, LedgerNote(order_id))
            await until_states(shop, order_id, [("dead", 1, REJECTED.problem)])

        books.answer = write
        outbox, now = OutboxStore(shop.pool), shop.clock.now()
        assert await outbox.resend_dead("callback", merchant_id, now=now) == 0
        assert await outbox.resend_dead(LEDGER_NOTE, merchant_id, now=now) >= 3
        for order_id in orders:
            await until_states(shop, order_id, [("delivered", 0, None)])


async def test_handler_that_raises_is_a_failed_attempt(database_url: str, tmp_path: Path) -> None:
    async def broken(entry: ClaimedEntry) -> AttemptResult:
        if entry.attempt == 1:
            raise ValueError("a bug of the handler")
        return WRITTEN

    async with a_shop(database_url, tmp_path, Books(broken)) as shop:
        order_id = await shop.register(1000_00)
        await note(shop, order_id, LedgerNote("broken"))
        problem = "the handler failed (ValueError); the gateway's log says why"
        await until_states(shop, order_id, [("waiting", 1, problem)])
        await shop.travel(PAUSE)
        await until_states(shop, order_id, [("delivered", 1, None)])


async def test_notes_of_one_order_are_written_in_order(database_url: str, tmp_path: Path) -> None:
    async def first_fails_once(entry: ClaimedEntry) -> AttemptResult:
        failing = entry.parameters["text"] == "one" and entry.attempt == 1
        return FAILED if failing else WRITTEN

    books = Books(first_fails_once)
    async with a_shop(database_url, tmp_path, books) as shop:
        order_id, other_id = await shop.register(1000_00), await shop.register(1000_00)
        await note(shop, order_id, LedgerNote("one"))
        await note(shop, order_id, LedgerNote("two"), LedgerNote("elsewhere", book="book-2"))
        await note(shop, other_id, LedgerNote("other order"))
        await books.until(lambda books: len(books.written) == 2)
        assert sorted(books.written) == ["elsewhere", "other order"], "`two` waits for `one`"
        await until_states(
            shop,
            order_id,
            [("waiting", 1, FAILED.problem), ("waiting", 0, None), ("delivered", 0, None)],
        )
        await shop.travel(PAUSE)
        await books.until(lambda books: len(books.written) == 4)
        assert books.written[2:] == ["one", "two"]


async def test_note_for_later_is_due_after_its_time(database_url: str, tmp_path: Path) -> None:
    async def first_fails(entry: ClaimedEntry) -> AttemptResult:
        return FAILED if entry.parameters["text"] == "now" and entry.attempt == 1 else WRITTEN

    books, month = Books(first_fails), timedelta(days=30)
    async with a_shop(database_url, tmp_path, books) as shop:
        order_id = await shop.register(1000_00)
        await note(shop, order_id, LedgerNote("now"), LedgerNote("in a month", due_after=month))
        await until_states(shop, order_id, [("waiting", 1, FAILED.problem), ("waiting", 0, None)])
        await shop.travel(PAUSE)
        await until_states(shop, order_id, [("delivered", 1, None), ("waiting", 0, None)])
        await asyncio.sleep(1.2)  # a pulse of the worker
        assert books.attempts["in a month"] == 0, "settling the note before does not make it due"
        await shop.travel(month)
        await until_states(shop, order_id, [("delivered", 1, None), ("delivered", 0, None)])


async def test_another_worker_takes_over_the_note_of_a_killed_process(
    own_database_url: str, tmp_path: Path
) -> None:
    books = Books()
    async with open_shop(own_database_url, tmp_path) as shop:  # it has no handler for notes
        order_id = await shop.register(1000_00)
        process = ForkedProcess(hang_at_a_note, own_database_url, tmp_path, environment=os.environ)
        try:
            await add_note(shop, order_id, LedgerNote("survives"))
            await asyncio.to_thread(process.answer, "begun")
        finally:
            process.kill()
        assert await states(shop, order_id) == [("waiting", 0, None)]
    async with a_shop(own_database_url, tmp_path, books) as shop:
        await end_leases(shop.pool)
        await until_states(shop, order_id, [("delivered", 0, None)])
        assert books.written == ["survives"]
        assert await shop.pool.fetchval("SELECT attempts FROM outbox") == 2


async def add_note(shop: Shop, order_id: str, effect: LedgerNote) -> None:
    """Save a note with a change of the order, in a gateway that has no handler for notes."""
    world = shop.gateway.world
    order = await world.orders.load(await shop.key(order_id))
    assert order is not None
    kinds = with_notes(Books()).effect_kinds
    merchant = await world.merchants.get(order.merchant_id)
    noted = accept(order, HistoryEvent.PARAMS_ADDED, shop.clock.now())
    entries = kinds[0].entries(effect, noted.order, merchant, noted.at)
    saved = Accepted(order=noted.order, event="noted", at=noted.at, outbox=entries)
    assert await world.orders.save(saved, expected_version=order.version, actor=TEST)


@pytest.fixture
async def _callbacks_off(database_url: str) -> AsyncIterator[None]:
    yield
    await set_callbacks(database_url, urls=None)


@pytest.mark.usefixtures("_callbacks_off")
async def test_dead_callback_host_delays_no_note_and_hanging_note_delays_no_callback(
    database_url: str, tmp_path: Path
) -> None:
    held = asyncio.Event()

    async def hold_callback(_: ReceivedCallback) -> int | None:
        await held.wait()
        return 200

    async def hold_some(entry: ClaimedEntry) -> AttemptResult:
        if entry.parameters["text"].startswith("hang"):
            await held.wait()
        return WRITTEN

    books = Books(hold_some)
    async with (
        a_receiver(hold_callback) as dead,
        a_receiver() as healthy,
        a_shop(database_url, tmp_path, books) as shop,
    ):
        await set_callbacks(database_url, urls=f"{dead.url()},{healthy.url()}")
        async with asyncio.timeout(10):
            while not (await merchant_urls(shop)):  # noqa: ASYNC110 - PostgreSQL notifies of it
                await asyncio.sleep(0.01)
        orders = [await shop.paid(1000_00) for _ in range(10)]
        for number, order_id in enumerate(orders):
            await note(shop, order_id, LedgerNote(f"hang {number}", book="dead book"))
            await note(shop, order_id, LedgerNote(f"write {number}"))
        await books.until(lambda books: len(books.written) == len(orders))
        await healthy.until(lambda got: len(got) == len(orders))
        assert len(dead.got) <= 2
        assert not any(text.startswith("hang") for text in books.written)
        held.set()
        await books.until(lambda books: len(books.written) == 2 * len(orders))


async def merchant_urls(shop: Shop) -> tuple[str, ...]:
    merchant = await shop.gateway.world.merchants.by_login("test")
    assert merchant is not None
    return merchant.settings.callbacks.urls


async def test_metrics_have_a_label_for_the_kind(database_url: str, tmp_path: Path) -> None:
    labels = {"kind": LEDGER_NOTE, "merchant": "test", "outcome": "delivered"}

    def delivered() -> float:
        return REGISTRY.get_sample_value("altyn_outbox_attempts_total", labels) or 0

    before = delivered()
    async with a_shop(database_url, tmp_path, Books()) as shop:
        order_id = await shop.register(1000_00)
        await note(shop, order_id, LedgerNote("counted"))
        await until_states(shop, order_id, [("delivered", 0, None)])
        async with asyncio.timeout(10):
            while delivered() == before:  # noqa: ASYNC110 - counted after it is saved
                await asyncio.sleep(0.01)
    assert delivered() == before + 1
