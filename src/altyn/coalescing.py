"""Coalescing: concurrent calls of one statement are sent to PostgreSQL as one batch.

Calls of one turn of the event loop, or calls that come while the previous batch runs, are sent
together; a single call is sent at once, so an idle server adds no wait and there is no timer. A
caller gets its result only after its batch is committed.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Final, Generic, TypeVar

import asyncpg

BATCH_MAX: Final = 128
QUEUE_MAX: Final = 4096

Call = TypeVar("Call")
Result = TypeVar("Result")


class TooManyCallsError(Exception):
    """More calls wait for the database than the queue holds."""


class Coalescer(Generic[Call, Result]):
    """Runs `run` over batches of calls and gives each caller its own result.

    `run` returns results in the order of the calls. A batch that a constraint or a type refuses is
    replayed call by call, so that one bad row does not fail the other calls. One batch runs at a
    time. A subclass may name another error for a full queue.
    """

    queue_full: ClassVar[type[Exception]] = TooManyCallsError

    def __init__(
        self,
        run: Callable[[Sequence[Call]], Awaitable[Sequence[Result]]],
        *,
        batch_max: int = BATCH_MAX,
        queue_max: int = QUEUE_MAX,
    ) -> None:
        self._run = run
        self._sending = False
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._waiting: deque[tuple[Call, asyncio.Future[Result]]] = deque()
        self._flush_planned = False
        self._tasks: set[asyncio.Task[None]] = set()

    def call(self, call: Call) -> asyncio.Future[Result]:
        """Put a call into the next batch. Raises `queue_full` when too many wait."""
        if len(self._waiting) >= self._queue_max:
            raise self.queue_full(f"{self._queue_max} calls wait for the database")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((call, future))
        if not (self._sending or self._flush_planned):
            self._flush_planned = True
            loop.call_soon(self._flush)
        return future

    def _flush(self) -> None:
        self._flush_planned = False
        if self._waiting and not self._sending:
            size = min(self._batch_max, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(size)]
            self._sending = True
            task = asyncio.get_running_loop().create_task(self._send(batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self, batch: list[tuple[Call, asyncio.Future[Result]]]) -> None:
        try:
            await self._run_batch(batch)
        finally:
            self._sending = False
            self._flush()

    async def _run_batch(self, batch: list[tuple[Call, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._run([call for call, _ in batch])
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
            if len(batch) == 1:
                _fail(batch, error)
                return
            for alone in batch:
                await self._run_batch([alone])
        except Exception as error:  # noqa: BLE001 - every caller of the batch gets it
            _fail(batch, error)
        else:
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)


def _fail(batch: Sequence[tuple[object, asyncio.Future[Result]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
