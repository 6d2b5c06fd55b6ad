"""How many callbacks may be on their way to a host at once, so that no shop delays another.

Every host begins with little and earns more by answering; one that falls silent gets a single try
at a time until it speaks again. Half of all places are kept for hosts that answer promptly, so that
any number of slow and dead ones fills the other half at most. Source: callbacks.md §1, §5.
"""

from dataclasses import dataclass, field
from typing import Final

FIRST: Final = 2
PROMPT_SECONDS: Final = 1.0


@dataclass(slots=True)
class Host:
    """What is known of one host: `allowed` tries at once, `in_flight` of them taken."""

    allowed: int = FIRST
    in_flight: int = 0
    prompt: bool = False  # answered quickly the last time; a host that was never asked has not

    @property
    def idle(self) -> bool:
        """Nothing is on its way, and nothing bad is known."""
        return self.in_flight == 0 and (self.prompt or self.allowed == FIRST)


@dataclass(slots=True)
class Places:
    """The places of one process. `total` tries at once, `per_host` of them to one host."""

    total: int = 256
    per_host: int = 32
    hosts: dict[str, Host] = field(default_factory=dict)
    taken: int = 0
    taken_by_slow: int = 0

    def free(self, origin: str, planned: int = 0, planned_slow: int = 0) -> int:
        """How many more tries may go to this host now, beside those that are planned already."""
        host = self.hosts.get(origin) or Host()
        room = self.total - self.taken - planned
        if not host.prompt:
            room = min(room, self.total // 2 - self.taken_by_slow - planned_slow)
        return max(0, min(room, host.allowed - host.in_flight))

    def worth_asking(self, origin: str) -> bool:
        """Whether enough is free that looking for work pays: not one query for each callback."""
        host = self.hosts.get(origin)
        return host is None or host.allowed - host.in_flight >= max(1, host.allowed // 4)

    def prompt(self, origin: str) -> bool:
        """Whether this host answered quickly the last time."""
        host = self.hosts.get(origin)
        return host is not None and host.prompt

    def take(self, origin: str) -> bool:
        """A try begins; answers which half its place is of, for `leave`: True is the slow one."""
        host = self.hosts.setdefault(origin, Host())
        host.in_flight += 1
        self.taken += 1
        slow = not host.prompt
        self.taken_by_slow += slow
        return slow

    def leave(self, origin: str, *, slow: bool, answered_in: float | None) -> None:
        """A try is over: answered in so many seconds, or None when the host said nothing."""
        host = self.hosts[origin]
        host.in_flight -= 1
        self.taken -= 1
        self.taken_by_slow -= slow
        if answered_in is None:
            host.allowed, host.prompt = 1, False
        elif answered_in > PROMPT_SECONDS:
            host.allowed, host.prompt = max(FIRST, host.allowed // 2), False
        else:
            host.allowed, host.prompt = min(self.per_host, host.allowed + 1), True

    def forget_idle(self) -> None:
        """Let go of hosts that need no memory: there may be as many as there are orders."""
        self.hosts = {origin: host for origin, host in self.hosts.items() if not host.idle}
