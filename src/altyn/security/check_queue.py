"""The queue of password checks: addresses take turns, and the logins of an address take turns.

An address that guesses delays itself and the logins that it tries, from this address only. Source:
docs/architecture.md.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from altyn.security.failed_passwords import FailedPasswords, subscriber_of
from altyn.security.passwords import CONCURRENCY, PasswordsBusyError

PER_LOGIN_AND_ADDRESS_MAX: Final = 8
PER_ADDRESS_MAX: Final = 32
WAITING_MAX: Final = 2_048

Turn = asyncio.Future[None]
Logins = OrderedDict[str, deque[Turn]]


class CheckQueue:
    """Runs checks one after another: first those of pairs (login, address) without failures.

    A check waits for the pause that earlier failures have earned its pair. `failed` counts them.
    """

    def __init__(
        self,
        *,
        failed: FailedPasswords | None = None,
        running_max: int = CONCURRENCY,
        per_login_and_address_max: int = PER_LOGIN_AND_ADDRESS_MAX,
        per_address_max: int = PER_ADDRESS_MAX,
        waiting_max: int = WAITING_MAX,
    ) -> None:
        self.failed = failed or FailedPasswords(monotonic=time.monotonic)
        self._running_max = running_max
        self._per_pair_max = per_login_and_address_max
        self._per_address_max = per_address_max
        self._waiting_max = waiting_max
        self._waiting: OrderedDict[str, Logins] = OrderedDict()
        self._running = 0
        self._timer: asyncio.TimerHandle | None = None

    def enter(self, login: str, address: str) -> Turn:
        """Take a place in the queue; the result comes when the check may start.

        Raises PasswordsBusyError when the pair, the address or the queue has its share. A full
        queue refuses the address that has most places, not the one that comes.
        """
        source = subscriber_of(address)
        logins = self._waiting.get(source, OrderedDict())
        if (
            len(logins.get(login, ())) >= self._per_pair_max
            or _size(logins) >= self._per_address_max
        ):
            raise PasswordsBusyError("too many passwords of this login or address wait already")
        if sum(map(_size, self._waiting.values())) >= self._waiting_max:
            self._make_room(source)
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(source, OrderedDict()).setdefault(login, deque()).append(turn)
        self._start_next()
        return turn

    async def run(
        self, turn: Turn, login: str, address: str, verify: Callable[[], Awaitable[bool]]
    ) -> bool:
        """Wait for the turn, then check; a failure is counted. Refuses: PasswordsBusyError."""
        try:
            await turn
            right = await verify()
            if not right:
                self.failed.add(login, subscriber_of(address))
            return right
        finally:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._running -= 1
            self._start_next()

    def paused(self, login: str, address: str) -> float:
        """For how many seconds no check of this pair will start."""
        return self.failed.pause_seconds(login, subscriber_of(address))

    def _make_room(self, newcomer: str) -> None:
        largest = max(self._waiting, key=lambda source: _size(self._waiting[source]))
        if _size(self._waiting[largest]) <= _size(self._waiting.get(newcomer, OrderedDict())) + 1:
            raise PasswordsBusyError("too many passwords wait already")
        login = max(self._waiting[largest], key=lambda each: len(self._waiting[largest][each]))
        refused = self._waiting[largest][login].pop()
        self._remove_empty(largest, login)
        if not refused.done():
            refused.set_exception(PasswordsBusyError("others wait for less"))

    def _start_next(self) -> None:
        while self._running < self._running_max and (pair := self._next_pair()):
            turn = self._take(*pair)
            if not turn.done():  # a cancelled check has left
                self._running += 1
                turn.set_result(None)
        if self._running < self._running_max:
            self._wake_after_pause()

    def _next_pair(self) -> tuple[str, str] | None:
        """The first pair that may start; one without failures goes before the others."""
        ready = [pair for pair in self._pairs() if not self.failed.pause_seconds(pair[1], pair[0])]
        fresh = (pair for pair in ready if not self.failed.count(pair[1], pair[0]))
        return next(fresh, ready[0] if ready else None)

    def _pairs(self) -> Iterator[tuple[str, str]]:
        return ((source, login) for source, logins in self._waiting.items() for login in logins)

    def _take(self, source: str, login: str) -> Turn:
        """The oldest check of a pair; its address and its login go to the end."""
        turn = self._waiting[source][login].popleft()
        self._waiting[source].move_to_end(login)
        self._waiting.move_to_end(source)
        self._remove_empty(source, login)
        return turn

    def _remove_empty(self, source: str, login: str) -> None:
        if not self._waiting[source][login]:
            del self._waiting[source][login]
        if not self._waiting[source]:
            del self._waiting[source]

    def _wake_after_pause(self) -> None:
        pauses = [self.failed.pause_seconds(login, source) for source, login in self._pairs()]
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if pauses:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(min(pauses) + 0.001, self._start_next)


def _size(logins: Logins) -> int:
    return sum(map(len, logins.values()))
