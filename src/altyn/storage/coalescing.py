"""Coalescing: calls of one statement that meet are sent as one.

Calls that come in one turn of the event loop, or while the previous batch is on its way, go out
together; a call alone goes out at once, so an idle server adds no wait and there is no timer. An
answer leaves only after its batch is committed.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

import asyncpg

from altyn.operations.ports import Overloaded

BATCH_MAX: Final = 128
QUEUE_MAX: Final = 4096

Call = TypeVar("Call")
Answer = TypeVar("Answer")


class Coalescer(Generic[Call, Answer]):
    """Runs `run` over batches of calls and gives each caller its own answer.

    `run` answers in the order of the calls. A batch that a constraint or a type refuses is replayed
    call by call, so that one bad row harms nobody else. `lanes` batches may be on their way at
    once.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Call]], Awaitable[Sequence[Answer]]],
        *,
        lanes: int = 1,
        batch_max: int = BATCH_MAX,
        queue_max: int = QUEUE_MAX,
    ) -> None:
        self._run = run
        self._free_lanes = lanes
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._waiting: deque[tuple[Call, asyncio.Future[Answer]]] = deque()
        self._flush_planned = False
        self._tasks: set[asyncio.Task[None]] = set()

    def call(self, call: Call) -> asyncio.Future[Answer]:
        """Put a call into the next batch. Raises Overloaded when too many wait."""
        if len(self._waiting) >= self._queue_max:
            raise Overloaded(f"{self._queue_max} calls wait for the database")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((call, future))
        if self._free_lanes and not self._flush_planned:
            self._flush_planned = True
            loop.call_soon(self._flush)
        return future

    def _flush(self) -> None:
        self._flush_planned = False
        while self._free_lanes and self._waiting:
            size = min(self._batch_max, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(size)]
            self._free_lanes -= 1
            task = asyncio.get_running_loop().create_task(self._send(batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self, batch: list[tuple[Call, asyncio.Future[Answer]]]) -> None:
        try:
            await self._answer(batch)
        finally:
            self._free_lanes += 1
            self._flush()

    async def _answer(self, batch: list[tuple[Call, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._run([call for call, _ in batch])
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
            if len(batch) == 1:
                _fail(batch, error)
                return
            for alone in batch:
                await self._answer([alone])
        except Exception as error:  # noqa: BLE001 - every caller of the batch is told
            _fail(batch, error)
        else:
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _fail(batch: Sequence[tuple[object, asyncio.Future[Answer]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
