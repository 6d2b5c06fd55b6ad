"""The outbox: what shops are still to be told, claimed by lease and settled by what came back.

Any number of processes may work at it: a callback is its sender's while the lease lasts, and what a
killed sender leaves behind another takes up. Source: docs/architecture.md; callbacks.md §1, §5.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import structlog

from altyn.domain.callback import (
    Callback,
    CallbackId,
    Claimed,
    Delivery,
    DeliveryQueue,
)
from altyn.domain.effects import OutboxEntry
from altyn.storage.coalescing import Coalescer
from altyn.storage.database import Pool
from altyn.storage.records import outbox_row, to_json
from altyn.storage.statements import statement

OUTBOX_CHANNEL: Final = "altyn_outbox"
"""Its payload is a lane that something was put into: the merchant's number, a space, the host."""

BODY_KEPT: Final = 16_384
_parameters: Final = msgspec.json.Decoder(dict[str, str]).decode
log = structlog.get_logger("altyn.outbox")


class OutboxStore:
    """Callbacks in PostgreSQL, for those who send them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._settling = Coalescer(self._settle_batch)

    async def lanes(self) -> Mapping[DeliveryQueue, datetime]:
        """Where callbacks wait, and when the first of each lane is due (UTC)."""
        rows = await statement("waiting_lanes").fetch(self._pool)
        return {DeliveryQueue(row["merchant_id"], row["origin"]): row["due_at"] for row in rows}

    async def claim(
        self,
        slots: Mapping[DeliveryQueue, int],
        leases: Mapping[DeliveryQueue, int],
        *,
        now: datetime,
    ) -> Claimed:
        """At most so many callbacks of each lane that are due by `now`, for the caller alone.

        They are the caller's for as many seconds of real time as `leases` says. Of one subject and
        one address only the oldest is given out.
        """
        lanes = sorted(slots)
        rows = await statement("claim_callbacks").fetch(
            self._pool,
            merchant_ids=[lane.merchant_id for lane in lanes],
            origins=[lane.origin for lane in lanes],
            slots=[slots[lane] for lane in lanes],
            lease_seconds=[leases[lane] for lane in lanes],
            now=now,
        )
        callbacks = [_callback(row) for row in rows if row["merchant_id"] is not None]
        callbacks.sort(key=lambda each: (each.created_at, str(each.id)))
        return Claimed(tuple(callbacks), contended=rows[0]["seen"] > len(callbacks))

    async def settle(self, delivery: Delivery) -> bool:
        """Keep what became of a try. True when another callback waits behind this one."""
        return await self._settling.call(delivery)

    async def announce(
        self,
        merchant_id: int,
        subject_id: UUID,
        version: int,
        announcements: Sequence[OutboxEntry],
        at: datetime,
    ) -> int:
        """Put in what comes with no change of an order; the same version once only. How many."""
        rows = await statement("announce").fetch(
            self._pool,
            merchant_id=merchant_id,
            subject_id=subject_id,
            version=version,
            at=at,
            announcements=to_json(
                [
                    {"line": line, **outbox_row(announcement)}
                    for line, announcement in enumerate(announcements, 1)
                ]
            ),
        )
        return len(rows)

    async def depths(self) -> Mapping[str, tuple[int, datetime]]:
        """For each merchant (by login) how many callbacks wait, and when the oldest was put in."""
        rows = await statement("queue_depths").fetch(self._pool)
        return {row["login"]: (row["waiting"], row["oldest"]) for row in rows}

    async def purge(self, *, before: datetime, limit: int = 1000) -> int:
        """Forget what was settled before a moment, at most so many; how many."""
        rows = await statement("purge_outbox").fetch(self._pool, before=before, limit=limit)
        return int(rows[0]["purged"])

    async def _settle_batch(self, batch: Sequence[Delivery]) -> list[bool]:
        deliveries = sorted(batch, key=lambda each: str(each.callback.id))
        rows = await statement("settle_callbacks").fetch(
            self._pool, deliveries=to_json([_delivery_row(each) for each in deliveries])
        )
        followed = {(row["subject_id"], row["version"], row["line"]) for row in rows}
        return [_place(each.callback.id) in followed for each in batch]


class OutboxNotifier:
    """Tells every process, and never the one who waits for an answer, that lanes have got work.

    It exists because NOTIFY takes a lock at commit that all databases' commits share: in a
    statement of its own it delays no payment. What is lost with a killed process is found by the
    next look at the outbox.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lanes: set[DeliveryQueue] = set()
        self._task: asyncio.Task[None] | None = None

    def wake(self, lanes: Collection[DeliveryQueue]) -> None:
        """Say soon that there is work; returns at once."""
        if not lanes:
            return
        self._lanes.update(lanes)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._tell())

    async def aclose(self) -> None:
        """Say what is still to be said."""
        if self._task is not None:
            await self._task

    async def _tell(self) -> None:
        try:
            while self._lanes:
                lanes, self._lanes = self._lanes, set()
                await notify_lanes(self._pool, lanes)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("nobody_woken", reason=str(error))
        finally:
            self._task = None


async def notify_lanes(connection: Any, lanes: Collection[DeliveryQueue]) -> None:
    """Wake every process that sends callbacks."""
    await statement("notify_all").fetch(
        connection,
        channel=OUTBOX_CHANNEL,
        payloads=[f"{lane.merchant_id} {lane.origin}" for lane in sorted(lanes)],
    )


def lane_of(payload: str) -> DeliveryQueue:
    """The lane that a notification names."""
    merchant_id, _, origin = payload.partition(" ")
    return DeliveryQueue(int(merchant_id), origin)


def _place(id: CallbackId) -> tuple[UUID, int, int]:  # noqa: A002 - the field's own name
    return (id.subject_id, id.version, id.line)


def _callback(row: Mapping[str, Any]) -> Callback:
    return Callback(
        id=CallbackId(row["merchant_id"], row["subject_id"], row["version"], row["line"]),
        operation=row["operation"],
        receiver=row["receiver"],
        parameters=_parameters(row["parameters"]),
        created_at=row["created_at"],
        attempt=row["attempts"],
        failures=row["failures"],
    )


HIDDEN: Final = "•••"


def _delivery_row(delivery: Delivery) -> dict[str, Any]:
    """The row of `tried` in `settle_callbacks`. A merchant's header may hold a token."""
    letter, reply, which = delivery.letter, delivery.reply, delivery.callback.id
    return {
        "merchant_id": which.merchant_id,
        "subject_id": which.subject_id,
        "version": which.version,
        "line": which.line,
        "receiver": delivery.callback.receiver,
        "attempt": delivery.callback.attempt,
        "outcome": delivery.outcome,
        "settled_at": delivery.settled_at,
        "due_at": delivery.due_at,
        "at": delivery.at,
        "took_ms": round(reply.took_seconds * 1000),
        "method": letter.method,
        "url": letter.url,
        "headers": [[name, _shown(name, value)] for name, value in letter.headers],
        "body": None if letter.body is None else _text(letter.body.decode(errors="replace")),
        "signed": letter.signed,
        "checksum": letter.checksum,
        "status": reply.status,
        "answer_headers": [[_text(name), _text(value)] for name, value in reply.headers],
        "answer": _text(reply.body),
        "problem": reply.problem,
    }


def _shown(name: str, value: str) -> str:
    return value if name.lower() in {"content-type", "accept", "user-agent"} else HIDDEN


def _text(said: str) -> str:
    """What the other side said, as far as PostgreSQL's text and our patience go."""
    return said[:BODY_KEPT].replace("\0", "�")
