"""How much one connection may hold and how long it may take, and how many may be open.

Source: docs/architecture.md (limits).
"""

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from uvicorn.middleware.proxy_headers import _TrustedHosts

KEEP_ALIVE_SECONDS: Final = 65
"""Longer than the 60 s after which load balancers close an idle connection. The balancer must
close first; otherwise it may send a payment on a connection that the gateway has just closed."""

RESERVED_MAX: Final = 32
"""Connections that only trusted proxies may open, so that `/health` can always be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The bounds of the connections of one process. Times in seconds, sizes in bytes.

    - `head_bytes` and `head_lines`: request line and headers together, counted from the first byte.
    - `idle_seconds`: until the first byte of a request; `head_seconds`: from there to the end of
      its headers, and for the rest of a body whose request was answered.
    - `write_seconds`: how long a client may leave an answer unread.
    - `pipelined`: requests that wait for the answer to an earlier one.
    - `connections` in all, `per_address` of them from one address. The addresses of
      `trusted_proxies` (as uvicorn's `forwarded_allow_ips`) have the first bound only.
    """

    head_bytes: int = 65_536
    head_lines: int = 200
    idle_seconds: float = KEEP_ALIVE_SECONDS
    head_seconds: float = 20.0
    write_seconds: float = 30.0
    pipelined: int = 64
    connections: int = 4_000
    per_address: int = 500
    trusted_proxies: str = "127.0.0.1"

    def within(self, connections_max: int) -> "Bounds":
        """The same bounds with at most this many connections."""
        connections = min(self.connections, connections_max)
        return replace(
            self, connections=connections, per_address=min(self.per_address, connections)
        )


class Excess(StrEnum):
    """Which bound a new connection is above."""

    IN_ALL = "in_all"
    PER_ADDRESS = "per_address"


class OpenConnections:
    """Counts the open connections of this process by address."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._trusted = _TrustedHosts(bounds.trusted_proxies)
        self._by_address: Counter[str] = Counter()
        self._in_all = 0

    def admit(self, address: str) -> Excess | None:
        """Count a new connection; if it is above a bound, name the bound and do not count it."""
        bounds = self._bounds
        trusted = address in self._trusted
        reserved = 0 if trusted else min(RESERVED_MAX, bounds.connections // 8)
        if self._in_all >= bounds.connections - reserved:
            return Excess.IN_ALL
        if not trusted and self._by_address[address] >= bounds.per_address:
            return Excess.PER_ADDRESS
        self._in_all += 1
        self._by_address[address] += 1
        return None

    def release(self, address: str) -> None:
        """Forget a connection that `admit` has counted."""
        self._in_all -= 1
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]
