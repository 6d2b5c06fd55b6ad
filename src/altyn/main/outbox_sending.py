"""Runs the outbox of one process: its store, its notifier, its worker, a handler for each kind."""

import asyncio
from collections.abc import Collection, Iterable
from contextlib import AsyncExitStack

from altyn.domain.outbox import DeliveryQueue
from altyn.main.callback_handler import HandlerServices
from altyn.main.effects import EffectKind
from altyn.storage.database import Listener, Pool
from altyn.storage.outbox import OutboxStore
from altyn.storage.outbox_notifier import OUTBOX_CHANNEL, OutboxNotifier, queue_of
from altyn.workers.outbox import OutboxWorker


class OutboxSending:
    """The outbox of one process. Create it before the listener starts."""

    def __init__(self, pool: Pool, listener: Listener) -> None:
        self.store = OutboxStore(pool)
        self.notifier = OutboxNotifier(pool)
        self._worker: OutboxWorker | None = None
        listener.on(OUTBOX_CHANNEL, self._notify_worker, on_gap=self._look)

    async def run(self, kinds: Iterable[EffectKind], services: HandlerServices) -> None:
        """Carry out the entries of these kinds until cancelled."""
        async with AsyncExitStack() as stack:
            handlers = {
                kind.name: await stack.enter_async_context(kind.open_handler(services))
                for kind in kinds
            }
            self._worker = OutboxWorker(
                self.store, handlers, merchants=services.merchants, clock=services.clock
            )
            await self._worker.run()

    def _notify_worker(self, payload: str) -> None:
        self.notify([queue_of(payload)])

    def notify(self, queues: Collection[DeliveryQueue]) -> None:
        """Report queues that may have due entries to the worker, if it runs."""
        if self._worker is not None:
            self._worker.notify(queues)

    def attempt_end(self) -> asyncio.Event:
        """Is set when the worker's next attempt has ended; never while no worker runs."""
        return self._worker.attempt_end() if self._worker is not None else asyncio.Event()

    async def _look(self) -> None:
        if self._worker is not None:
            await self._worker.look()
