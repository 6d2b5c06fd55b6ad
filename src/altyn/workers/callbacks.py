"""Callbacks: whatever stands in the outbox and is due is sent, and sent again, until it is settled.

Any number of processes may run this: each claims what it sends. A change wakes it at once, and it
looks by itself once a second, so that nothing depends on being woken. Source: callbacks.md §1, §5;
docs/architecture.md.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Final, Protocol

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from altyn.domain.callback import (
    Callback,
    CallbackRequest,
    CallbackSettings,
    ChecksumKind,
    Claimed,
    Delivery,
    DeliveryQueue,
    Outcome,
    Reply,
    after_try,
)
from altyn.domain.merchant import Merchant
from altyn.operations.ports import Clock, Merchants
from altyn.protocol.dialects.classic.callbacks.checksum import asymmetric, symmetric
from altyn.protocol.dialects.classic.callbacks.request import Signer, letter
from altyn.workers.callback_hosts import HostLimiter, Plan, Slot
from altyn.workers.callback_metrics import LATENCY, TRIES, label, show_depths

PULSE_SECONDS: Final = 1.0
DEPTHS_EVERY: Final = 10  # pulses
LANES_AT_ONCE: Final = 200
LEASE_MARGIN_SECONDS: Final = 5
SHUTDOWN_GRACE_SECONDS: Final = 10.0
"""At the end: how long what is on its way may take to come back."""

log = structlog.get_logger("altyn.callbacks")


class Outbox(Protocol):
    """What is still to be told. The lease of what is claimed is real time."""

    async def lanes(self) -> Mapping[DeliveryQueue, datetime]: ...

    async def claim(
        self,
        slots: Mapping[DeliveryQueue, int],
        leases: Mapping[DeliveryQueue, int],
        *,
        now: datetime,
    ) -> Claimed: ...

    async def settle(self, delivery: Delivery) -> bool:
        """Keep what became of a try. True when another callback waits behind this one."""
        ...

    async def depths(self) -> Mapping[str, tuple[int, datetime]]: ...


class Sender(Protocol):
    """The way to shops. Never raises for anything that the network or a shop does."""

    async def send(self, letter: CallbackRequest, *, timeout_seconds: float) -> Reply: ...


class SigningKey(Protocol):
    """A merchant's private key, and the alias by which the shop finds the certificate."""

    @property
    def alias(self) -> str: ...
    @property
    def private_key(self) -> RSAPrivateKey: ...


class SigningKeys(Protocol):
    """The keys of asymmetric checksums; None where a merchant has none."""

    async def current(self, merchant_id: int) -> SigningKey | None: ...


class SwitchedOffError(Exception):
    """The merchant wants no callbacks any more; the text says what to do."""


class NoCertificateError(Exception):
    """The merchant has nothing to sign with; the text says what to do."""


class CallbackWorker:
    """Sends what is due. `wake` it when something was put into a lane; `run` it until cancelled.

    `unsignable` are the errors by which `signing_keys` says that a key cannot be used, and what to
    do about it.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        *,
        merchants: Merchants,
        signing_keys: SigningKeys,
        clock: Clock,
        places: HostLimiter | None = None,
        unsignable: tuple[type[Exception], ...] = (),
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._merchants = merchants
        self._signing_keys = signing_keys
        self._clock = clock
        self._unsignable: tuple[type[Exception], ...] = (NoCertificateError, *unsignable)
        self._places = places or HostLimiter()
        # Lanes that may have something to send. Whoever was served goes to the end, so that no
        # number of dead hosts keeps the others from their turn.
        self._queue: dict[DeliveryQueue, None] = {}
        self._woken = asyncio.Event()
        self._on_the_way: set[asyncio.Task[None]] = set()

    def wake(self, lanes: Collection[DeliveryQueue]) -> None:
        """There may be something to send in these lanes."""
        self._queue.update(dict.fromkeys(lanes))
        self._woken.set()

    async def run(self, *, pulse_seconds: float = PULSE_SECONDS) -> None:
        """Send, until cancelled; what is on its way then may still come back."""
        pulse = asyncio.create_task(self._pulse(pulse_seconds))
        try:
            while True:
                await self._woken.wait()
                self._woken.clear()
                try:
                    await self._round()
                except Exception:
                    log.exception("claim_failed")  # the next pulse finds the lanes again
        finally:
            pulse.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pulse
            if self._on_the_way:
                await asyncio.wait(self._on_the_way, timeout=SHUTDOWN_GRACE_SECONDS)
            for task in self._on_the_way:
                task.cancel()

    async def look(self) -> None:
        """Wake the lanes in which something is due."""
        now = self._clock.now()
        lanes = await self._outbox.lanes()
        self.wake([lane for lane, due_at in lanes.items() if due_at <= now])

    async def _pulse(self, seconds: float) -> None:
        pulses = 0
        while True:
            try:
                await self.look()
                if pulses % DEPTHS_EVERY == 0:
                    show_depths(await self._outbox.depths(), self._clock.now())
                    self._places.forget_old()
            except Exception:
                log.exception("look_failed")
            pulses += 1
            await asyncio.sleep(seconds)

    async def _round(self) -> None:
        """Claim for every lane that has work and a free place, and send what was got."""
        slots = self._plan()
        leases = {lane: seconds for lane in slots if (seconds := await self._lease_seconds(lane))}
        slots = {lane: slots[lane] for lane in leases}
        if not slots:
            return
        claimed = await self._outbox.claim(slots, leases, now=self._clock.now())
        got = Counter(DeliveryQueue(each.id.merchant_id, each.origin) for each in claimed.callbacks)
        for callback in claimed.callbacks:
            self._send(callback)
        # There may be more where all that was wanted was got, or where others were quicker.
        if again := [
            lane for lane, count in slots.items() if got[lane] >= count or claimed.contended
        ]:
            self.wake(again)

    def _plan(self) -> dict[DeliveryQueue, int]:
        """How many callbacks to take from each lane, in their turn; a lane that finds no place
        keeps its turn, and lanes of one host share what is free there."""
        sharing = Counter(lane.origin for lane in self._queue)
        slots, plan, places = dict[DeliveryQueue, int](), Plan(), self._places
        for lane in list(self._queue):
            if len(slots) >= LANES_AT_ONCE or places.taken + plan.total >= places.total:
                break
            whose, origin = lane.merchant_id, lane.origin
            free = places.free(whose, origin, plan)
            if free and places.worth_asking(origin):
                slots[lane] = max(1, free // sharing[origin])
                plan.add(whose, origin, slots[lane], prompt=places.prompt(origin))
                sharing[origin] -= 1
                del self._queue[lane]
        return slots

    async def _lease_seconds(self, lane: DeliveryQueue) -> int | None:
        """How long a try may take; None for a merchant who cannot be read, and stops no other."""
        try:
            merchant = await self._merchants.get(lane.merchant_id)
        except Exception:
            log.exception("merchant_unreadable", merchant_id=lane.merchant_id)
            return None
        return merchant.settings.callbacks.timeout_seconds + LEASE_MARGIN_SECONDS

    def _send(self, callback: Callback) -> None:
        # now, since the next round counts what is free
        place = self._places.take(callback.id.merchant_id, callback.origin)
        task = asyncio.get_running_loop().create_task(self._deliver(callback, place))
        self._on_the_way.add(task)
        task.add_done_callback(self._on_the_way.discard)

    async def _deliver(self, callback: Callback, place: Slot) -> None:
        """One try: send, keep what came back, make room for the next."""
        reply, followed = Reply(asked=False), False
        try:
            merchant = await self._merchants.get(callback.id.merchant_id)
            at = self._clock.now()
            written, reply = await self._try(callback, merchant)
            delivery = self._judge(callback, merchant.settings.callbacks, at, written, reply)
            followed = await self._settle(delivery)
            self._tell(delivery, merchant)
        except Exception:  # its lease ends, and it is sent again
            log.exception("delivery_failed", callback=str(callback.id))
        finally:
            answered_in = None if reply.status is None else reply.took_seconds
            self._places.leave(place, answered_in=answered_in, asked=reply.asked)
            if followed:
                self._queue[DeliveryQueue(callback.id.merchant_id, callback.origin)] = None
            if self._queue:
                self._woken.set()

    async def _try(self, callback: Callback, merchant: Merchant) -> tuple[CallbackRequest, Reply]:
        """Write the letter and send it. What keeps us from it is told like any other failure."""
        settings = merchant.settings.callbacks
        unsent = CallbackRequest(method=settings.method, url=callback.receiver)
        try:
            written = letter(callback, settings, await self._seal(merchant))
        except SwitchedOffError as error:
            return unsent, Reply(problem=str(error), refused=True, asked=False)
        except self._unsignable as error:
            return unsent, Reply(problem=str(error), asked=False)
        except Exception as error:
            log.exception("letter_failed", callback=str(callback.id))
            problem = f"the gateway could not write it ({type(error).__name__}); its log says why"
            return unsent, Reply(problem=problem, asked=False)
        return written, await self._sender.send(written, timeout_seconds=settings.timeout_seconds)

    async def _seal(self, merchant: Merchant) -> Signer | None:
        """What signs this merchant's callbacks now. Refuses: switched off, no certificate."""
        settings = merchant.settings.callbacks
        if not settings.enabled:
            raise SwitchedOffError(
                "callbacks have been switched off for this merchant. Switch them on "
                f"(`altyn merchant set {merchant.login} callbacks.enabled=true`) and resend."
            )
        if settings.checksum is ChecksumKind.SYMMETRIC and settings.key:
            return Signer(alias=None, sign=partial(symmetric, settings.key))
        if settings.checksum is ChecksumKind.ASYMMETRIC:
            key = await self._signing_keys.current(merchant.merchant_id)
            if key is None:
                raise NoCertificateError(
                    "the merchant has no certificate to sign with. Make one "
                    f"(`altyn merchant certificate {merchant.login} --new`)."
                )
            return Signer(alias=key.alias, sign=partial(asymmetric, key.private_key))
        return None

    def _judge(
        self,
        callback: Callback,
        settings: CallbackSettings,
        at: datetime,
        written: CallbackRequest,
        reply: Reply,
    ) -> Delivery:
        now = self._clock.now()
        outcome = after_try(callback, reply, settings)
        pause = settings.pause_after(callback.failures + 1)
        again = outcome is Outcome.WAITING and pause is not None
        return Delivery(
            callback=callback,
            at=at,
            letter=written,
            reply=reply,
            outcome=outcome,
            settled_at=now,
            due_at=now + pause if again and pause else None,
        )

    async def _settle(self, delivery: Delivery) -> bool:
        """Keep the outcome, though the database be away for a moment: the lease outlasts it."""
        for pause in (0.1, 0.2, 0.5, 1.0, 2.0):
            try:
                return await self._outbox.settle(delivery)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told if it stays
                # only its kind: PostgreSQL's own words would quote the row, checksum and all
                reason = type(error).__name__
                log.warning("settle_failed", callback=str(delivery.callback.id), reason=reason)
            await asyncio.sleep(pause)
        return await self._outbox.settle(delivery)

    def _tell(self, delivery: Delivery, merchant: Merchant) -> None:
        """Count it, and log what went wrong."""
        callback, reply, name = delivery.callback, delivery.reply, label(merchant.login)
        if delivery.outcome is Outcome.DELIVERED:
            TRIES.labels(name, "delivered").inc()
            took = (delivery.settled_at - callback.created_at).total_seconds()
            LATENCY.labels(name).observe(max(0.0, took))
            return
        dead = delivery.outcome is Outcome.DEAD
        TRIES.labels(name, "failed" if dead else "retried").inc()
        (log.warning if dead else log.info)(
            "callback_given_up" if dead else "callback_failed",
            callback=str(callback.id),
            operation=callback.operation,
            merchant=merchant.login,
            host=callback.origin,
            attempt=callback.attempt,
            status=reply.status,
            problem=reply.problem,
        )
