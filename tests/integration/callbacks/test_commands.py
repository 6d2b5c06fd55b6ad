"""`altyn callbacks` on a database without a gateway: list, show, watch, resend."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from altyn.cli.app import app
from altyn.cli.output import CommandError
from altyn.domain.callback import (
    CALLBACK,
    CallbackRequest,
    CallbackResponse,
    callback_entry,
)
from altyn.domain.merchant import MerchantSettings
from altyn.domain.order_id import new_order_id
from altyn.domain.outbox import ClaimedEntry, ClaimOrder, DeliveryQueue, EntryId, EntryState
from altyn.installation_keys import KeyFile
from altyn.operations.ports import Actor
from altyn.operations.staff.merchants import add_merchant
from altyn.storage.database import Pool, connect
from altyn.storage.migrate import migrate
from altyn.storage.orders import OrderStore
from altyn.storage.outbox import OutboxStore
from tests.builders import an_order
from tests.callbacks import settled_callback
from tests.shop import settings_of
from tests.staff import operator

SHOP = "http://127.0.0.1:9090/cb"
QUEUE = DeliveryQueue(CALLBACK, 1, "http://127.0.0.1:9090")
LONG = 3600  # seconds
Got = TypeVar("Got")


@dataclass(frozen=True)
class Till:
    """A shop with an order that has a callback, and the command."""

    url: str
    which: EntryId

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, ["callbacks", *words])

    def refused(self, *words: str) -> str:
        """The error text of a command that is refused."""
        result = self.run(*words)
        assert isinstance(result.exception, CommandError), result.output
        return str(result.exception)

    def go(self, state: EntryState, status: int, at: datetime | None = None) -> None:
        """One delivery of the due callback."""

        async def work(pool: Pool) -> None:
            outbox = OutboxStore(pool)
            callback = await claim(outbox)
            response = CallbackResponse(status=status, body="so")
            now = at or datetime.now(UTC)
            request = CallbackRequest(
                method="GET", url=callback.receiver, signed="a;b;", checksum="C"
            )
            due_at = now if state is EntryState.WAITING else None
            await outbox.settle(
                settled_callback(callback, state, response, at=now, due_at=due_at, request=request)
            )

        with_pool(self.url, work)

    def begin(self) -> None:
        """A worker begins to send, and takes an hour."""

        async def work(pool: Pool) -> None:
            await claim(OutboxStore(pool))

        with_pool(self.url, work)


async def claim(outbox: OutboxStore) -> ClaimedEntry:
    now = datetime.now(UTC)
    (callback,) = (await outbox.claim({QUEUE: ClaimOrder(1, LONG)}, now=now)).entries
    return callback


def with_pool(url: str, work: Callable[[Pool], Awaitable[Got]]) -> Got:
    async def run() -> Got:
        pool = await connect(url, pool_size=1)
        try:
            return await work(pool)
        finally:
            await pool.close()

    return asyncio.run(run())


@pytest.fixture
def till(own_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Till:
    monkeypatch.setenv("ALTYN_DATABASE_URL", own_database_url)
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path))

    async def work(pool: Pool) -> EntryId:
        async with pool.acquire() as connection:
            staff = operator(connection)
            shop = await add_merchant("till", "Till", staff, settings=MerchantSettings())
        assert shop.merchant_id == QUEUE.merchant_id
        now = datetime.now(UTC) - timedelta(minutes=1)
        order_id = new_order_id(now, shop.merchant_id)
        order = an_order(merchant_id=shop.merchant_id, order_id=order_id, order_number="A-1")
        await OrderStore(pool).register(order, Actor(name="test"))
        parameters = {"mdOrder": str(order_id), "orderNumber": "A-1", "status": "1"}
        entry = callback_entry(operation="deposited", receiver=SHOP, parameters=parameters)
        await OutboxStore(pool).add(shop.merchant_id, order_id, 2, [entry], now)
        return EntryId(shop.merchant_id, order_id, 2, 1)

    asyncio.run(prepare(own_database_url))
    KeyFile.of(settings_of(own_database_url, tmp_path)).create()
    return Till(own_database_url, with_pool(own_database_url, work))


async def prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    await migrate(connection)
    await connection.close()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--merchant", "till"),
        ("--order", "A-1"),
        ("--state", "waiting", "--merchant", "till", "--limit", "1"),
    ],
)
def test_a_callback_is_listed(till: Till, words: tuple[str, ...]) -> None:
    listed = till.run("list", *words)

    assert listed.exit_code == 0, listed.output
    first, second, third = (line.split() for line in listed.output.splitlines()[3:])
    assert first[2:] == ["deposited", "1", "waiting", "0", "till"]
    assert second == [str(till.which), "A-1"]
    assert third == ["none", "yet", SHOP]


def test_callbacks_are_printed_as_json(till: Till) -> None:
    till.go(EntryState.WAITING, 500)

    (listed,) = json.loads(till.run("list", "--json").output)
    (shown,) = json.loads(till.run("show", str(till.which), "--json").output)

    assert listed["id"] == str(till.which)
    assert (listed["orderNumber"], listed["operation"]) == ("A-1", "deposited")
    assert {**shown, "attempts": None} == {**listed, "attempts": None}
    assert shown["attempts"][0]["answer"]["status"] == 500


def test_a_list_is_narrowed_to_nothing(till: Till) -> None:
    nobodys = str(new_order_id(datetime.now(UTC), 2))

    for words in (("--state", "dead"), ("--order", "B-1"), ("--order", nobodys)):
        assert "There is no such callback." in till.run("list", *words).output
    assert "There is no shop nobody" in till.refused("list", "--merchant", "nobody")
    assert "There is no state 'lost'" in till.refused("list", "--state", "lost")


def test_a_callback_is_shown_by_its_id_and_by_its_order(till: Till) -> None:
    till.go(EntryState.WAITING, 500)

    by_id = till.run("show", str(till.which))
    by_order = till.run("show", str(till.which.subject_id))
    by_number = till.run("show", "A-1", "--merchant", "till")

    assert by_id.exit_code == 0, by_id.output
    assert by_id.output == by_order.output == by_number.output
    for part in ("order A-1 of till", f"→ GET {SHOP}", "signed    a;b;", "← 500", "← so"):
        assert part in by_id.output


def test_unknown_callback_is_refused(till: Till) -> None:
    nobodys = EntryId(1, new_order_id(datetime.now(UTC), 1), 1, 1)

    for text in ("B-1", str(nobodys), str(nobodys.subject_id)):
        assert f"There is no callback for {text}." in till.refused("show", text)
        assert f"There is no callback for {text}." in till.refused("resend", text)


def test_dead_callback_is_resent(till: Till) -> None:
    till.go(EntryState.DEAD, 500)
    assert "dead since" in till.run("show", str(till.which)).output

    resent = till.run("resend", str(till.which))

    assert resent.exit_code == 0, resent.output
    assert f"{till.which} is sent again." in resent.output
    assert "If no gateway runs, the next start sends it." in resent.output
    till.go(EntryState.DELIVERED, 200)
    assert "after 2 attempts" in till.run("show", str(till.which)).output


def test_a_whole_order_is_sent_to_another_address(till: Till) -> None:
    resent = till.run("resend", "A-1", "--to", "http://127.0.0.1:9091/new")

    assert "is sent again to http://127.0.0.1:9091/new." in resent.output
    assert "http://127.0.0.1:9091/new" in till.run("list").output


def test_all_dead_callbacks_of_a_shop_are_resent(till: Till) -> None:
    assert "has no dead callback" in till.run("resend", "--dead", "--merchant", "till").output

    till.go(EntryState.DEAD, 500)
    resent = till.run("resend", "--dead", "--merchant", "till")

    assert "1 callback of till is sent again." in resent.output
    assert "waiting" in till.run("list").output


def test_callback_that_is_being_sent_is_refused(till: Till) -> None:
    till.begin()

    assert "is being sent at this moment" in till.refused("resend", str(till.which))
    assert "being sent" in till.run("list").output
    assert "attempt 1 is in progress" in till.run("show", str(till.which)).output


@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        ((), "Name the callbacks to send again"),
        (("--dead",), "--dead needs the shop"),
        (("--dead", "--merchant", "till", "A-1"), "leave out the ids"),
        (("--dead", "--merchant", "till", "--to", SHOP), "leave out the ids and --to"),
        (
            ("A-1", "--to", "ftp://shop.example/"),
            "--to ftp://shop.example/: Callbacks are not sent to ftp:// addresses",
        ),
    ],
)
def test_invalid_resend_is_refused(till: Till, words: tuple[str, ...], parameters: str) -> None:
    assert parameters in till.refused("resend", *words)


def test_deliveries_are_watched_as_they_happen(till: Till) -> None:
    till.go(EntryState.WAITING, 500, at=datetime.now(UTC) - timedelta(seconds=5))
    ended = threading.Event()

    def knock() -> None:
        """Deliver until the watcher has enough: the time of its first look is not known."""
        while not ended.wait(0.05):
            till.go(EntryState.WAITING, 503)

    knocking = threading.Thread(target=knock)
    knocking.start()
    try:
        watched = till.run("tail", "--merchant", "till", "--limit", "2")
    finally:
        ended.set()
        knocking.join()

    assert watched.exit_code == 0, watched.output
    lines = watched.output.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert "till  A-1  deposited  attempt " in line
        assert "503 in 0 ms" in line
        assert line.endswith(f"GET {SHOP}  {till.which}")
    assert lines[0] != lines[1]
