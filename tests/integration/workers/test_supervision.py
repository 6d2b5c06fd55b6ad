"""A worker that fails is restarted and counted, and `/ready` names it until it runs again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from altyn import main
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.main import Gateway
from altyn.main.outbox_sending import OutboxSending
from altyn.operations import due_actions
from altyn.operations.decisions import Decision
from altyn.storage.card_store import CardStore
from altyn.storage.export_jobs import ExportJobStore
from altyn.storage.orders import OrderStore
from altyn.workers.request_log import RequestLogWriter
from altyn.workers.supervision import Supervisor
from tests.asgi_client import AsgiClient
from tests.integration.rest.logbook import logbook_kept
from tests.shop import open_shop, settings_of

# Worker → the method whose first call fails.
BREAKABLE: dict[str, tuple[type, str]] = {
    "timers": (OrderStore, "due"),
    "reconciliation": (OrderStore, "claim_unsettled"),
    "housekeeping": (CardStore, "purge"),
    "outbox": (OutboxSending, "run"),
    "reports": (ExportJobStore, "purge"),
    "request log": (RequestLogWriter, "run"),
}


class Pause:
    """A supervisor's pause that lasts until the test ends it."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.over = asyncio.Event()

    async def sleep(self, _seconds: float) -> None:
        self.began.set()
        await self.over.wait()


def break_once(monkeypatch: pytest.MonkeyPatch, kind: type, name: str) -> None:
    """Make the first call of a method fail; the others do what it does."""
    works, calls = getattr(kind, name), []

    async def method(self: Any, *positional: Any, **named: Any) -> Any:
        calls.append(name)
        if len(calls) == 1:
            raise RuntimeError("broken by the test")
        return await works(self, *positional, **named)

    monkeypatch.setattr(kind, name, method)


@asynccontextmanager
async def a_gateway(database_url: str, home: Path, pause: Pause) -> AsyncIterator[Gateway]:
    settings = settings_of(database_url, home)
    await main.prepare(settings)
    async with main.running(settings, supervisor=Supervisor(sleep=pause.sleep)) as gateway:
        yield gateway


async def ready(gateway: Gateway) -> tuple[int, str]:
    """The status and the text of `/ready`."""
    answer = await AsgiClient(gateway.router).get("/ready")
    return answer.status, answer.json()["status"]


def sample(name: str, worker: str) -> float:
    return REGISTRY.get_sample_value(name, {"worker": worker}) or 0


@pytest.mark.parametrize("worker", sorted(BREAKABLE))
async def test_failed_worker_is_restarted_and_not_ready_meanwhile(
    worker: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause, before = Pause(), sample("altyn_worker_restarts_total", worker)
    break_once(monkeypatch, *BREAKABLE[worker])
    with logbook_kept() as logbook:
        async with asyncio.timeout(30), a_gateway(database_url, tmp_path, pause) as gateway:
            await pause.began.wait()
            assert await ready(gateway) == (503, f"workers are down: {worker}")
            assert sample("altyn_worker_up", worker) == 0

            pause.over.set()
            while await ready(gateway) != (200, "ready"):  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.01)
            assert sample("altyn_worker_up", worker) == 1
            assert sample("altyn_worker_restarts_total", worker) - before == 1
    assert [line["worker"] for line in logbook.of("worker_failed")] == [worker]


async def test_every_worker_of_a_gateway_is_broken_here(database_url: str, tmp_path: Path) -> None:
    started = list[str]()

    class Watching(Supervisor):
        def start(self, name: str, work: Any) -> None:
            started.append(name)
            super().start(name, work)

    settings = settings_of(database_url, tmp_path)
    await main.prepare(settings)
    async with main.running(settings, supervisor=Watching()):
        pass
    assert sorted(started) == sorted(BREAKABLE)


async def test_order_that_always_fails_does_not_stop_the_clock_or_the_others(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide, broken = due_actions.decide_due, set[str]()

    def decide_or_fail(order: Order, merchant: Merchant, now: datetime) -> Decision:
        if str(order.order_id) in broken:
            raise ValueError("broken by the test")
        return decide(order, merchant, now)

    monkeypatch.setattr(due_actions, "decide_due", decide_or_fail)
    before = sample("altyn_worker_order_failures_total", "timers")
    with logbook_kept() as logbook:
        async with asyncio.timeout(30), open_shop(database_url, tmp_path) as shop:
            failing, other = await shop.register(1000_00), await shop.register(1000_00)
            broken.add(failing)
            await shop.travel(timedelta(minutes=30))
            assert [(await shop.see(each)).status for each in (failing, other)] == [0, 6]

            broken.clear()
            await shop.travel(timedelta(minutes=30))
            assert (await shop.see(failing)).status == 6
    assert sample("altyn_worker_order_failures_total", "timers") > before
    assert {line["order_id"] for line in logbook.of("due_action_failed")} == {failing}
