"""The sending of callbacks, put together: where they may go, and what wakes their sender."""

import asyncio
from importlib import import_module

from altyn.operations.ports import Clock, Merchants
from altyn.outbound.callbacks.guard import Rules
from altyn.security.keys import KeyRing
from altyn.security.signing_keys import SIGNING_KEY_PURPOSE
from altyn.settings import Settings
from altyn.storage.database import Listener, Pool
from altyn.storage.outbox import OUTBOX_CHANNEL, OutboxNotifier, OutboxStore, lane_of
from altyn.storage.signing_keys import SigningKeyError, SigningKeys
from altyn.workers.callback_hosts import HostLimiter
from altyn.workers.callbacks import CallbackWorker


class CallbackSending:
    """Callbacks' sender with what it needs and what wakes it.

    Make it before the listener starts. Its HTTP library is a third of a gateway's start, so the
    gateway serves first and fetches that beside.
    """

    def __init__(self, pool: Pool, listener: Listener, ring: KeyRing) -> None:
        self.outbox = OutboxStore(pool)
        self.waker = OutboxNotifier(pool)
        self.signing_keys = SigningKeys(pool, listener, ring.derive(SIGNING_KEY_PURPOSE))
        self._courier: CallbackWorker | None = None
        listener.on(OUTBOX_CHANNEL, self._heard, on_gap=self._look)

    async def run(self, settings: Settings, merchants: Merchants, clock: Clock) -> None:
        """Send callbacks until cancelled."""
        module = await asyncio.to_thread(import_module, "altyn.outbound.callbacks.sender")
        opened = module.CallbackSender.opened(
            callback_rules(settings), connections_max=HostLimiter().total, connections_per_host=0
        )
        async with opened as sender:
            self._courier = CallbackWorker(
                self.outbox,
                sender,
                merchants=merchants,
                signing_keys=self.signing_keys,
                clock=clock,
                unsignable=(SigningKeyError,),
            )
            await self._courier.run()

    def _heard(self, payload: str) -> None:
        if self._courier is not None:
            self._courier.wake([lane_of(payload)])

    async def _look(self) -> None:
        if self._courier is not None:
            await self._courier.look()


def callback_rules(settings: Settings) -> Rules:
    """Where callbacks may go from this gateway."""
    return Rules.of(sandbox=settings.sandbox, ports=settings.callback_ports)
