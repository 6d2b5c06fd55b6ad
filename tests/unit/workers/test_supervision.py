"""A failed worker is restarted after growing pauses, counted, and named while it is down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import count

import pytest
from prometheus_client import REGISTRY

from altyn.operations.ports import Overloaded, ResultUnknown
from altyn.workers.supervision import STABLE_SECONDS, Supervisor, Work
from tests.integration.rest.logbook import Logbook, logbook_kept

_NUMBERS = count()


class Pauses:
    """Replaces the clock: a pause ends, and time passes, when the test decides."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.time = 0.0
        self._began = asyncio.Event()
        self._over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self._began.set()
        await self._over.wait()
        self._over.clear()

    def monotonic(self) -> float:
        return self.time

    async def began(self) -> None:
        """Wait until a worker has failed and its pause has begun."""
        await asyncio.wait_for(self._began.wait(), 5)
        self._began.clear()

    def end(self) -> None:
        self._over.set()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def supervisor(pauses: Pauses) -> Supervisor:
    return Supervisor(sleep=pauses.sleep, monotonic=pauses.monotonic)


@pytest.fixture
def logbook() -> Iterator[Logbook]:
    with logbook_kept() as logbook:
        yield logbook


@pytest.fixture
def name() -> str:
    """A worker's name that no other test has counted."""
    return f"worker-{next(_NUMBERS)}"


def restarts(name: str) -> float | None:
    return REGISTRY.get_sample_value("altyn_worker_restarts_total", {"worker": name})


def shown_up(name: str) -> float | None:
    return REGISTRY.get_sample_value("altyn_worker_up", {"worker": name})


async def fail() -> None:
    raise ValueError("the worker is broken")


async def until_cancelled() -> None:
    await asyncio.Event().wait()


def failing(times: int, then: Work) -> Work:
    """A worker that fails at once so often, and then works."""
    left = iter(range(times))

    async def work() -> None:
        await (fail() if next(left, None) is not None else then())

    return work


async def turns(number: int = 10) -> None:
    """Let the other tasks run."""
    for _ in range(number):
        await asyncio.sleep(0)


async def test_running_worker_is_up(supervisor: Supervisor, name: str) -> None:
    supervisor.start(name, until_cancelled)
    await turns()
    assert supervisor.down() == ()
    assert (shown_up(name), restarts(name)) == (1, 0)
    await supervisor.stop()


async def test_failed_worker_is_down_until_it_is_restarted(
    supervisor: Supervisor, pauses: Pauses, name: str, logbook: Logbook
) -> None:
    supervisor.start("other", until_cancelled)
    supervisor.start(name, failing(1, until_cancelled))
    await pauses.began()
    assert supervisor.down() == (name,)
    assert (shown_up(name), restarts(name)) == (0, 0)
    [line] = logbook.errors()
    assert (line["event"], line["worker"], line["restart_in"]) == ("worker_failed", name, 1)
    assert "the worker is broken" in line["exception"]

    pauses.end()
    await turns()
    assert supervisor.down() == ()
    assert (shown_up(name), restarts(name)) == (1, 1)
    assert len(logbook.errors()) == 1
    await supervisor.stop()


async def test_pauses_grow_from_one_second_to_one_minute(
    supervisor: Supervisor, pauses: Pauses, name: str, logbook: Logbook
) -> None:
    supervisor.start(name, fail)
    for _ in range(9):
        await pauses.began()
        pauses.end()
    await turns()
    assert pauses.seconds[:9] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert len(logbook.of("worker_failed")) == len(pauses.seconds)
    await supervisor.stop()


async def test_pause_is_short_again_after_the_worker_was_stable(
    supervisor: Supervisor, pauses: Pauses, name: str, logbook: Logbook
) -> None:
    runs = count()

    async def work() -> None:
        if next(runs) == 3:
            pauses.time += STABLE_SECONDS
        await fail()

    supervisor.start(name, work)
    for _ in range(5):
        await pauses.began()
        pauses.end()
    assert pauses.seconds == [1, 2, 4, 1, 2]
    await supervisor.stop()


@pytest.mark.parametrize(
    ("errors", "is_defect"),
    [
        ((Overloaded("down"), ResultUnknown("lost")), False),
        ((Overloaded("down"), RuntimeError("a defect")), True),
    ],
)
async def test_several_errors_are_an_outage_when_each_of_them_is(
    *,
    supervisor: Supervisor,
    pauses: Pauses,
    name: str,
    logbook: Logbook,
    errors: tuple[Exception, ...],
    is_defect: bool,
) -> None:
    async def work() -> None:
        raise ExceptionGroup("parts", errors)

    supervisor.start(name, work)
    await pauses.began()
    assert bool(logbook.of("worker_failed")) is is_defect
    assert bool(logbook.of("worker_interrupted")) is not is_defect
    await supervisor.stop()


async def test_worker_that_returns_is_restarted(
    supervisor: Supervisor, pauses: Pauses, name: str, logbook: Logbook
) -> None:
    supervisor.start(name, lambda: asyncio.sleep(0))
    await pauses.began()
    assert supervisor.down() == (name,)
    assert "should run until it is cancelled" in logbook.errors()[0]["exception"]
    await supervisor.stop()


async def test_worker_with_a_cancelled_part_is_restarted(
    supervisor: Supervisor, pauses: Pauses, name: str, logbook: Logbook
) -> None:
    async def work() -> None:
        part = asyncio.create_task(until_cancelled())
        part.cancel()
        await part

    supervisor.start(name, work)
    await pauses.began()
    assert supervisor.down() == (name,)
    await supervisor.stop()


async def test_stop_waits_until_each_worker_has_cleaned_up(
    supervisor: Supervisor, name: str
) -> None:
    cleaned_up = []

    async def work() -> None:
        try:
            await until_cancelled()
        finally:
            await asyncio.sleep(0.01)
            cleaned_up.append(name)

    supervisor.start(name, work)
    await turns()
    await supervisor.stop()
    assert cleaned_up == [name]


async def test_stop_ends_a_pause(supervisor: Supervisor, pauses: Pauses, name: str) -> None:
    supervisor.start(name, fail)
    await pauses.began()
    await asyncio.wait_for(supervisor.stop(), 5)


async def test_error_at_shutdown_is_logged_and_not_restarted(
    supervisor: Supervisor, pauses: Pauses, name: str, logbook: Logbook
) -> None:
    async def work() -> None:
        try:
            await until_cancelled()
        finally:
            await fail()

    supervisor.start(name, work)
    await turns()
    await asyncio.wait_for(supervisor.stop(), 5)
    assert [line["event"] for line in logbook.errors()] == ["worker_failed_at_shutdown"]
    assert pauses.seconds == []
