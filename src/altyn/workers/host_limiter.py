"""Limits how many attempts of one kind run at once, in total and for each host.

The limit of a host is 2 at first. It grows with each response, and drops to 1 when the host does
not answer. Half of the slots are reserved for fast hosts: slow and dead hosts use at most the other
half, and the slow hosts of one merchant at most an eighth of all slots.
Source: callbacks.md §1, §5.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

INITIAL_LIMIT: Final = 2
SLOW_LIMIT_MAX: Final = 8
FAST_SECONDS: Final = 1.0
HOSTS_REMEMBERED: Final = 10_000


@dataclass(slots=True)
class Host:
    """The state of one host: at most `limit` attempts at once, of which `in_flight` run now.

    `fast`: its last response was fast. A host that was not called before is not fast.
    """

    limit: int = INITIAL_LIMIT
    in_flight: int = 0
    fast: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """The slot of a running attempt. `slow`: it belongs to the half for hosts that are not fast."""

    merchant_id: int
    host: str
    slow: bool


@dataclass(slots=True)
class ClaimPlan:
    """Attempts that are planned for a claim: in total, by host, and by merchant to slow hosts."""

    total: int = 0
    of_host: Counter[str] = field(default_factory=Counter)
    slow: Counter[int] = field(default_factory=Counter)

    def add(self, merchant_id: int, host: str, count: int, *, fast: bool) -> None:
        """Plan `count` more attempts."""
        self.total += count
        self.of_host[host] += count
        if not fast:
            self.slow[merchant_id] += count


@dataclass(slots=True)
class HostLimiter:
    """The slots of one process for one kind: `total`, of which one host uses at most `per_host`."""

    total: int = 256
    per_host: int = 32
    hosts: dict[str, Host] = field(default_factory=dict)  # the most recently used one is last
    taken: int = 0
    taken_by_slow: int = 0
    slow_of_merchant: Counter[int] = field(default_factory=Counter)

    def free(self, merchant_id: int, host: str, plan: ClaimPlan | None = None) -> int:
        """How many more attempts of this merchant may go to this host, besides the planned ones."""
        plan, state = plan or ClaimPlan(), self.hosts.get(host) or Host()
        free = self.total - self.taken - plan.total
        free = min(free, state.limit - state.in_flight - plan.of_host[host])
        if not state.fast:
            free = min(
                free,
                self.total // 2 - self.taken_by_slow - plan.slow.total(),
                max(1, self.total // 8)
                - self.slow_of_merchant[merchant_id]
                - plan.slow[merchant_id],
            )
        return max(0, free)

    def is_full(self, plan: ClaimPlan) -> bool:
        """Whether running and planned attempts use all slots."""
        return self.taken + plan.total >= self.total

    def is_fast(self, host: str) -> bool:
        """Whether the last response of this host was fast."""
        state = self.hosts.get(host)
        return state is not None and state.fast

    def is_worth_a_claim(self, host: str) -> bool:
        """Whether a quarter of the host's slots is free, so that one claim gets several entries."""
        state = self.hosts.get(host)
        return state is None or state.limit - state.in_flight >= max(1, state.limit // 4)

    def acquire(self, merchant_id: int, host: str) -> Slot:
        """Take a slot for an attempt that starts; `release` returns it."""
        state = self.hosts.setdefault(host, Host())
        slot = Slot(merchant_id, host, slow=not state.fast)
        state.in_flight += 1
        self.taken += 1
        self._count_slow(slot, 1)
        return slot

    def release(
        self, slot: Slot, *, response_seconds: float | None, contacted: bool = True
    ) -> None:
        """Return the slot of an attempt that ended. `response_seconds`: None without a response.

        An attempt that did not contact the host does not change the host's limit.
        """
        state = self.hosts.pop(slot.host)
        self.hosts[slot.host] = state
        state.in_flight -= 1
        self.taken -= 1
        self._count_slow(slot, -1)
        if not contacted:
            return
        if response_seconds is None:
            state.limit, state.fast = 1, False
        elif response_seconds > FAST_SECONDS:
            state.limit, state.fast = min(SLOW_LIMIT_MAX, state.limit + 1), False
        else:
            state.limit, state.fast = min(self.per_host, state.limit + 1), True

    def forget_old(self) -> None:
        """Remove the least recently used idle hosts, because each order may name another host."""
        surplus = len(self.hosts) - HOSTS_REMEMBERED
        idle = (host for host, state in self.hosts.items() if not state.in_flight)
        for host in [host for _, host in zip(range(surplus), idle, strict=False)]:
            del self.hosts[host]

    def _count_slow(self, slot: Slot, change: int) -> None:
        if slot.slow:
            self.taken_by_slow += change
            self.slow_of_merchant[slot.merchant_id] += change
            if not self.slow_of_merchant[slot.merchant_id]:
                del self.slow_of_merchant[slot.merchant_id]
