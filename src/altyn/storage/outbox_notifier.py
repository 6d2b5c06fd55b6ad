"""Notifications by which one process wakes the outbox workers of all processes."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any, Final

import asyncpg
import structlog

from altyn.domain.callback import CALLBACK
from altyn.domain.outbox import DeliveryQueue
from altyn.storage.database import Pool
from altyn.storage.statements import statement

OUTBOX_CHANNEL: Final = "altyn_outbox"
"""The payload is a delivery queue with new entries: the merchant's number, kind and host, with
spaces."""

log = structlog.get_logger("altyn.outbox")


class OutboxNotifier:
    """Notifies every process of queues with new entries, without delaying the save.

    NOTIFY takes a lock at commit that is shared by all databases of the server, so it runs in a
    statement of its own. A notification that is lost with a killed process costs a second: the
    worker looks at the outbox once a second.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._queues: set[DeliveryQueue] = set()
        self._task: asyncio.Task[None] | None = None

    def notify(self, queues: Collection[DeliveryQueue]) -> None:
        """Notify soon; returns at once."""
        if not queues:
            return
        self._queues.update(queues)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send())

    async def aclose(self) -> None:
        """Send what is still to be sent."""
        if self._task is not None:
            await self._task

    async def _send(self) -> None:
        try:
            while self._queues:
                queues, self._queues = self._queues, set()
                await notify_queues(self._pool, queues)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("notification_failed", reason=str(error))
        finally:
            self._task = None


async def notify_queues(connection: Any, queues: Collection[DeliveryQueue]) -> None:
    """Wake the outbox workers of all processes for these queues."""
    await statement("notify_all").fetch(
        connection,
        channel=OUTBOX_CHANNEL,
        payloads=[f"{queue.merchant_id} {queue.kind} {queue.host}" for queue in sorted(queues)],
    )


def queue_of(payload: str) -> DeliveryQueue:
    """The queue that a notification names; processes of the previous version leave out the kind."""
    merchant_id, *kind, host = payload.split(" ", 2)
    return DeliveryQueue(kind[0] if kind else CALLBACK, int(merchant_id), host)
