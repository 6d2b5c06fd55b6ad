"""Runs the workers of a process, restarts them after errors, and names those that are down.

A worker that ends with an error is logged, counted, and restarted after a pause that grows from one
second to one minute. Source: docs/architecture.md.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from prometheus_client import Counter, Gauge

from altyn.operations.ports import Overloaded, ResultUnknown

PAUSE_SECONDS_MIN: Final = 1.0
PAUSE_SECONDS_MAX: Final = 60.0
STABLE_SECONDS: Final = 60.0
"""A worker that ran this long before it failed is restarted after the shortest pause."""

RESTARTS: Final = Counter(
    "altyn_worker_restarts", "Restarts of a worker that ended with an error.", ["worker"]
)
UP: Final = Gauge("altyn_worker_up", "1 while a worker runs, 0 while it is down.", ["worker"])
ORDER_FAILURES: Final = Counter(
    "altyn_worker_order_failures",
    "Orders that a worker skipped in a round because of an error.",
    ["worker"],
)

Work = Callable[[], Coroutine[Any, Any, None]]
"""Starts a worker. It is called again for each restart, and runs until it is cancelled."""

Sleep = Callable[[float], Awaitable[None]]

log = structlog.get_logger("altyn.workers")


class WorkerEndedError(Exception):
    """A worker returned without being cancelled."""


@dataclass(slots=True, eq=False)
class _Worker:
    name: str
    work: Work
    up: bool = False
    pause_seconds: float = PAUSE_SECONDS_MIN
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Supervisor:
    """Runs workers until `stop`. `sleep` and `monotonic` count real seconds."""

    def __init__(
        self, *, sleep: Sleep = asyncio.sleep, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._sleep = sleep
        self._monotonic = monotonic
        self._workers: dict[str, _Worker] = {}
        self._stopping = False

    def start(self, name: str, work: Work) -> None:
        """Start a worker. Its name is unique in this process, and is its label in metrics."""
        assert name not in self._workers, f"two workers are named {name}"
        worker = self._workers[name] = _Worker(name, work)
        RESTARTS.labels(name)  # so that the metric is shown from the start, with 0
        self._show(worker, up=True)
        worker.task = asyncio.get_running_loop().create_task(self._supervise(worker), name=name)

    def down(self) -> tuple[str, ...]:
        """The names of the workers that have failed and not yet been restarted."""
        return tuple(worker.name for worker in self._workers.values() if not worker.up)

    async def stop(self) -> None:
        """Cancel all workers, and wait until each has ended."""
        self._stopping = True
        tasks = [worker.task for worker in self._workers.values() if worker.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _supervise(self, worker: _Worker) -> None:
        while True:
            started_at = self._monotonic()
            error = await _error_of(worker.work)
            if self._stopping:
                log.error("worker_failed_at_shutdown", worker=worker.name, exc_info=error)
                return
            self._show(worker, up=False)
            # The database is back suddenly, and then the worker is needed at once.
            outage = _is_outage(error)
            if outage or self._monotonic() - started_at >= STABLE_SECONDS:
                worker.pause_seconds = PAUSE_SECONDS_MIN
            pause = worker.pause_seconds
            worker.pause_seconds = min(2 * pause, PAUSE_SECONDS_MAX)
            if outage:  # logged where the database was lost
                log.debug("worker_interrupted", worker=worker.name, reason=str(error))
            else:
                log.error("worker_failed", worker=worker.name, restart_in=pause, exc_info=error)
            await self._sleep(pause)
            RESTARTS.labels(worker.name).inc()
            self._show(worker, up=True)

    def _show(self, worker: _Worker, *, up: bool) -> None:
        worker.up = up
        UP.labels(worker.name).set(up)


def _is_outage(error: BaseException) -> bool:
    """Whether the database could not be used; in a group of errors, for each of them."""
    if isinstance(error, BaseExceptionGroup):
        return all(_is_outage(each) for each in error.exceptions)
    return isinstance(error, Overloaded | ResultUnknown)


async def _error_of(work: Work) -> BaseException:
    """Run a worker until it ends; return its error. A cancellation from outside is raised."""
    try:
        await work()
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return error  # only a part of the worker was cancelled
    except Exception as error:  # noqa: BLE001 - the supervisor logs and counts it
        return error
    return WorkerEndedError("the worker returned; it should run until it is cancelled")
