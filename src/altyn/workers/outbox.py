"""The outbox worker: carries out the entries that are due, and retries them until they are settled.

Each process runs one worker. A worker claims an entry first, so that two workers do not carry out
the same entry at the same time. A saved change notifies the worker. It also looks for due entries
once a second, so that a lost notification delays an entry by one second at most.
Source: callbacks.md §1, §5; docs/architecture.md.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from altyn.domain.merchant import Merchant
from altyn.domain.outbox import (
    AttemptResult,
    ClaimedEntry,
    ClaimOrder,
    DeliveryQueue,
    EntryState,
    Settlement,
    Verdict,
    settlement_of,
)
from altyn.operations.ports import Clock, Merchants
from altyn.workers.host_limiter import ClaimPlan, HostLimiter, Slot
from altyn.workers.outbox_metrics import ATTEMPTS, LATENCY, label, show_depths
from altyn.workers.outbox_ports import Outbox, OutboxHandler

PULSE_SECONDS: Final = 1.0
DEPTHS_EVERY: Final = 10  # pulses
QUEUES_PER_CLAIM: Final = 200
LEASE_MARGIN_SECONDS: Final = 5
HANDLER_MARGIN_SECONDS: Final = 1.0
"""A handler is stopped this long after its own limit (`attempt_seconds`). That leaves enough time
to save the result within the lease."""

SHUTDOWN_GRACE_SECONDS: Final = 10.0
"""How long running attempts may take to finish after the worker was cancelled."""

SETTLE_PAUSES_SECONDS: Final = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Their sum and the handler's margin together are less than the lease's margin."""

log = structlog.get_logger("altyn.outbox")


@dataclass(frozen=True, slots=True)
class _Kind:
    """The handler of one kind with its own slots: a kind cannot use the slots of another kind."""

    handler: OutboxHandler
    limiter: HostLimiter = field(default_factory=HostLimiter)


class OutboxWorker:
    """Carries out due entries. `run` works until cancelled; `notify` reports saved entries.

    `handlers` has the handler of each kind. Entries of other kinds stay in the outbox.
    """

    def __init__(
        self,
        outbox: Outbox,
        handlers: Mapping[str, OutboxHandler],
        *,
        merchants: Merchants,
        clock: Clock,
    ) -> None:
        self._outbox = outbox
        self._kinds = {name: _Kind(handler) for name, handler in handlers.items()}
        self._merchants = merchants
        self._clock = clock
        # Queues that may have due entries. A queue that was served goes to the end, so that queues
        # of dead hosts do not delay the others.
        self._queues: dict[DeliveryQueue, None] = {}
        self._work_available = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._attempt_end = asyncio.Event()

    def notify(self, queues: Collection[DeliveryQueue]) -> None:
        """Report queues that may have due entries."""
        self._queues.update(dict.fromkeys(each for each in queues if each.kind in self._kinds))
        self._work_available.set()

    def attempt_end(self) -> asyncio.Event:
        """Is set when the next attempt of this worker has ended, and its result is saved."""
        return self._attempt_end

    async def run(self, *, pulse_seconds: float = PULSE_SECONDS) -> None:
        """Work until cancelled. An error while finding queues or claiming entries is raised.

        Running attempts get `SHUTDOWN_GRACE_SECONDS` to finish.
        """
        pulse = asyncio.create_task(self._pulse(pulse_seconds))
        pulse.add_done_callback(lambda _: self._work_available.set())
        try:
            while True:
                await self._work_available.wait()
                self._work_available.clear()
                if pulse.done():
                    pulse.result()
                await self._round()
        finally:
            pulse.cancel()
            await asyncio.gather(pulse, return_exceptions=True)
            if self._running:
                await asyncio.wait(self._running, timeout=SHUTDOWN_GRACE_SECONDS)
            for task in self._running:
                task.cancel()

    async def look(self) -> None:
        """Find the queues in which an entry is due, and notify the worker of them."""
        now = self._clock.now()
        queues = await self._outbox.waiting_queues(self._kinds.keys())
        self.notify([queue for queue, due_at in queues.items() if due_at <= now])

    async def _pulse(self, seconds: float) -> None:
        pulses = 0
        while True:
            await self.look()
            if pulses % DEPTHS_EVERY == 0:
                show_depths(await self._outbox.depths(), self._clock.now())
                for kind in self._kinds.values():
                    kind.limiter.forget_old()
            pulses += 1
            await asyncio.sleep(seconds)

    async def _round(self) -> None:
        """Claim entries from each queue with work and a free slot, and start their attempts."""
        planned = self._plan()
        orders = {
            queue: ClaimOrder(slots, seconds)
            for queue, slots in planned.items()
            if (seconds := await self._lease_seconds(queue))
        }
        if not orders:
            return
        claimed = await self._outbox.claim(orders, now=self._clock.now())
        counts = Counter(entry.queue for entry in claimed.entries)
        for entry in claimed.entries:
            self._start(entry)
        # A queue may have more entries if the claim got as many as it asked for, or if another
        # worker claimed from the queue at the same time.
        if unfinished := [
            queue
            for queue, order in orders.items()
            if counts[queue] >= order.slots or queue in claimed.contended
        ]:
            self.notify(unfinished)

    def _plan(self) -> dict[DeliveryQueue, int]:
        """How many entries to claim from each queue, in the order of their turns.

        A queue without a free slot keeps its turn. The queues of one host share its free slots.
        """
        plans = {name: ClaimPlan() for name in self._kinds}
        sharing = Counter((queue.kind, queue.host) for queue in self._queues)
        slots = dict[DeliveryQueue, int]()
        for queue in list(self._queues):
            limiter, plan = self._kinds[queue.kind].limiter, plans[queue.kind]
            if len(slots) >= QUEUES_PER_CLAIM:
                break
            if limiter.is_full(plan):
                continue
            merchant_id, host = queue.merchant_id, queue.host
            free = limiter.free(merchant_id, host, plan)
            if free and limiter.is_worth_a_claim(host):
                slots[queue] = max(1, free // sharing[queue.kind, host])
                plan.add(merchant_id, host, slots[queue], fast=limiter.is_fast(host))
                sharing[queue.kind, host] -= 1
                del self._queues[queue]
        return slots

    async def _lease_seconds(self, queue: DeliveryQueue) -> int | None:
        """How long a claim lasts; None if the merchant cannot be read, which skips the queue."""
        try:
            merchant = await self._merchants.get(queue.merchant_id)
            seconds = self._kinds[queue.kind].handler.attempt_seconds(merchant)
        except Exception:
            log.exception("merchant_unreadable", kind=queue.kind, merchant_id=queue.merchant_id)
            return None
        return seconds + LEASE_MARGIN_SECONDS

    def _start(self, entry: ClaimedEntry) -> None:
        # the slot is taken at once, because the next round counts the free ones
        slot = self._kinds[entry.kind].limiter.acquire(entry.id.merchant_id, entry.host)
        task = asyncio.get_running_loop().create_task(self._attempt(entry, slot))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _attempt(self, entry: ClaimedEntry, slot: Slot) -> None:
        """Carry out one attempt, save the result, and release the slot."""
        kind, followed = self._kinds[entry.kind], False
        result = AttemptResult(verdict=Verdict.FAILED, contacted=False)
        try:
            merchant = await self._merchants.get(entry.id.merchant_id)
            result = await self._deliver(kind.handler, entry, merchant)
            pause = kind.handler.retry_pause(merchant, entry.failures + 1)
            settlement = settlement_of(entry, result, pause=pause, at=self._clock.now())
            followed = await self._settle(settlement)
            _report(settlement, merchant)
        except Exception:  # the lease ends, and the entry is claimed again
            log.exception("delivery_failed", kind=entry.kind, entry=str(entry.id))
        finally:
            kind.limiter.release(
                slot, response_seconds=result.response_seconds, contacted=result.contacted
            )
            if followed:
                self._queues[entry.queue] = None
            if self._queues:
                self._work_available.set()
            self._attempt_end.set()
            self._attempt_end = asyncio.Event()

    async def _deliver(
        self, handler: OutboxHandler, entry: ClaimedEntry, merchant: Merchant
    ) -> AttemptResult:
        """The handler's result; FAILED if the handler raises an error or exceeds its time limit."""
        try:
            async with asyncio.timeout(handler.attempt_seconds(merchant) + HANDLER_MARGIN_SECONDS):
                return await handler.deliver(entry, merchant)
        except Exception as error:
            log.exception("handler_failed", kind=entry.kind, entry=str(entry.id))
            problem = f"the handler failed ({type(error).__name__}); the gateway's log says why"
            return AttemptResult(verdict=Verdict.FAILED, problem=problem)

    async def _settle(self, settlement: Settlement) -> bool:
        """Save the result; True when another entry waits behind this one.

        Retries while the database is not available; the lease lasts longer than all retries.
        """
        for pause in SETTLE_PAUSES_SECONDS:
            try:
                return await self._outbox.settle(settlement)
            except Exception as error:  # noqa: BLE001 - the last retry raises it
                # Only the type: PostgreSQL's message would quote the row with its checksum.
                reason = type(error).__name__
                log.warning("settle_failed", entry=str(settlement.entry.id), reason=reason)
            await asyncio.sleep(pause)
        return await self._outbox.settle(settlement)


def _report(settlement: Settlement, merchant: Merchant) -> None:
    """Count the attempt, and log a failure."""
    entry, name = settlement.entry, label(merchant.login)
    if settlement.state is EntryState.DELIVERED:
        ATTEMPTS.labels(entry.kind, name, "delivered").inc()
        seconds = (settlement.settled_at - entry.created_at).total_seconds()
        LATENCY.labels(entry.kind, name).observe(max(0.0, seconds))
        return
    if settlement.result.verdict is Verdict.ACCEPTED:
        ATTEMPTS.labels(entry.kind, name, "accepted").inc()
        return
    dead = settlement.state is EntryState.DEAD
    ATTEMPTS.labels(entry.kind, name, "failed" if dead else "retried").inc()
    (log.warning if dead else log.info)(
        "entry_dead" if dead else "attempt_failed",
        kind=entry.kind,
        entry=str(entry.id),
        operation=entry.operation,
        merchant=merchant.login,
        host=entry.host,
        attempt=entry.attempt,
        problem=settlement.result.problem,
    )
