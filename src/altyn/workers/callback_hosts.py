"""How many callbacks may be on their way to a host at once, so that no shop delays another.

Every host begins with little and earns more by answering; one that falls silent gets a single try
at a time until it speaks again. Half of all places are kept for hosts that answer promptly, so that
any number of slow and dead ones fills the other half at most, and no merchant's more than a part of
that. Source: callbacks.md §1, §5.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

FIRST: Final = 2
SLOW_MAX: Final = 8
PROMPT_SECONDS: Final = 1.0
HOSTS_REMEMBERED: Final = 10_000


@dataclass(slots=True)
class Host:
    """What is known of one host: `allowed` tries at once, `in_flight` of them taken."""

    allowed: int = FIRST
    in_flight: int = 0
    prompt: bool = False  # answered quickly the last time; a host that was never asked has not


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that a try has taken; `slow`: of the half for hosts that are not known as prompt."""

    merchant_id: int
    origin: str
    slow: bool


@dataclass(slots=True)
class Plan:
    """Tries that are about to be claimed: of all, by host, and by merchant those of the slow."""

    total: int = 0
    of_host: Counter[str] = field(default_factory=Counter)
    slow: Counter[int] = field(default_factory=Counter)

    def add(self, merchant_id: int, origin: str, count: int, *, prompt: bool) -> None:
        """So many tries more."""
        self.total += count
        self.of_host[origin] += count
        if not prompt:
            self.slow[merchant_id] += count


@dataclass(slots=True)
class HostLimiter:
    """The places of one process. `total` tries at once, `per_host` of them to one host."""

    total: int = 256
    per_host: int = 32
    hosts: dict[str, Host] = field(default_factory=dict)  # the one used last stands last
    taken: int = 0
    taken_by_slow: int = 0
    slow_of_merchant: Counter[int] = field(default_factory=Counter)

    def free(self, merchant_id: int, origin: str, plan: "Plan | None" = None) -> int:
        """How many more tries of this merchant may go to this host now, beside those planned."""
        plan, host = plan or Plan(), self.hosts.get(origin) or Host()
        room = self.total - self.taken - plan.total
        room = min(room, host.allowed - host.in_flight - plan.of_host[origin])
        if not host.prompt:
            room = min(
                room,
                self.total // 2 - self.taken_by_slow - plan.slow.total(),
                max(1, self.total // 8)
                - self.slow_of_merchant[merchant_id]
                - plan.slow[merchant_id],
            )
        return max(0, room)

    def prompt(self, origin: str) -> bool:
        """Whether this host answered quickly the last time."""
        host = self.hosts.get(origin)
        return host is not None and host.prompt

    def worth_asking(self, origin: str) -> bool:
        """Whether enough is free that looking for work pays: not one query for each callback."""
        host = self.hosts.get(origin)
        return host is None or host.allowed - host.in_flight >= max(1, host.allowed // 4)

    def take(self, merchant_id: int, origin: str) -> Slot:
        """A try begins; give its place back to `leave`."""
        host = self.hosts.setdefault(origin, Host())
        place = Slot(merchant_id, origin, slow=not host.prompt)
        host.in_flight += 1
        self.taken += 1
        self._count_slow(place, 1)
        return place

    def leave(self, place: Slot, *, answered_in: float | None, asked: bool = True) -> None:
        """A try is over: answered in so many seconds, or None when the host said nothing.

        `asked` is False when nothing was sent, so that nothing was learnt of the host.
        """
        host = self.hosts.pop(place.origin)
        self.hosts[place.origin] = host
        host.in_flight -= 1
        self.taken -= 1
        self._count_slow(place, -1)
        if not asked:
            return
        if answered_in is None:
            host.allowed, host.prompt = 1, False
        elif answered_in > PROMPT_SECONDS:
            host.allowed, host.prompt = min(SLOW_MAX, host.allowed + 1), False
        else:
            host.allowed, host.prompt = min(self.per_host, host.allowed + 1), True

    def forget_old(self) -> None:
        """Let go of the hosts that were used longest ago: there may be one for each order."""
        surplus = len(self.hosts) - HOSTS_REMEMBERED
        idle = (origin for origin, host in self.hosts.items() if not host.in_flight)
        for origin in [origin for _, origin in zip(range(surplus), idle, strict=False)]:
            del self.hosts[origin]

    def _count_slow(self, place: Slot, change: int) -> None:
        if place.slow:
            self.taken_by_slow += change
            self.slow_of_merchant[place.merchant_id] += change
            if not self.slow_of_merchant[place.merchant_id]:
                del self.slow_of_merchant[place.merchant_id]
