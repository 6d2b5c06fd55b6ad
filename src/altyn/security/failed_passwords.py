"""Counts failed password checks by login and by address, and computes the pause before the next.

The counts of a process are in its memory; each halves every ten minutes. A pause delays checks and
refuses none, so the right password gets through whatever others have tried.
"""

import math
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

HALF_LIFE_SECONDS: Final = 600.0
FREE_FAILURES: Final = 3
"""So many failures of one login from one address are followed by no pause."""

ADDRESS_BUDGET: Final = 20
LOGIN_BUDGET: Final = 50
PAUSE_SECONDS_MIN: Final = 0.25
PAUSE_SECONDS_MAX: Final = 10.0
OTHER_LOGIN_PAUSE_SECONDS: Final = 2.0
"""The pause of an address above its budget before it tries a login for the first time."""

COUNTS_MAX: Final = 50_000
_IPV6_SUBSCRIBER_BITS: Final = 64


@dataclass(slots=True)
class _Count:
    """A number of failures as it was at a time, in seconds of the monotonic clock."""

    value: float = 0.0
    at: float = 0.0


class FailedPasswords:
    """The failures of one process. `monotonic` counts seconds."""

    def __init__(
        self, *, monotonic: Callable[[], float] = time.monotonic, counts_max: int = COUNTS_MAX
    ) -> None:
        self._monotonic = monotonic
        self._counts_max = counts_max
        self._counts: OrderedDict[Hashable, _Count] = OrderedDict()
        self._secret = os.urandom(32)

    def add(self, login: str, address: str) -> None:
        """Count a failure of this login from this address."""
        login = self._digest(login)
        for key in ((login, address), ("login", login, ""), ("address", address, "")):
            count = self._counts.setdefault(key, _Count())
            count.value, count.at = self._value(key) + 1, self._monotonic()
            self._counts.move_to_end(key)
        while len(self._counts) > self._counts_max:
            self._counts.popitem(last=False)

    def count(self, login: str, address: str) -> int:
        """How often this login has failed from this address lately."""
        return round(self._value((self._digest(login), address)))

    def pause_seconds(self, login: str, address: str) -> float:
        """How long a check has to wait from now on; 0 when it may start."""
        failures = self.count(login, address)
        login = self._digest(login)
        pair, by_address = (login, address), ("address", address, "")
        address_spent = self._value(by_address) >= ADDRESS_BUDGET
        if not failures:
            return self._rest(by_address, OTHER_LOGIN_PAUSE_SECONDS) if address_spent else 0.0
        if address_spent or self._value(("login", login, "")) >= LOGIN_BUDGET:
            return self._rest(pair, PAUSE_SECONDS_MAX)
        above = failures - FREE_FAILURES
        pause = PAUSE_SECONDS_MIN * 2.0 ** min(above, 30) if above >= 0 else 0.0
        return self._rest(pair, min(pause, PAUSE_SECONDS_MAX))

    def _digest(self, login: str) -> str:
        """What a login is counted by: the login itself may be a card number that was mistyped."""
        text = login.encode("utf-8", "surrogatepass")
        return blake2b(text, key=self._secret, digest_size=16).hexdigest()

    def _rest(self, key: Hashable, pause_seconds: float) -> float:
        """What is left of a pause that began with the latest failure."""
        return max(0.0, self._counts[key].at + pause_seconds - self._monotonic())

    def _value(self, key: Hashable) -> float:
        count = self._counts.get(key)
        if count is None:
            return 0.0
        halvings = (self._monotonic() - count.at) / HALF_LIFE_SECONDS
        return count.value * math.exp2(-halvings)


def subscriber_of(address: str) -> str:
    """The network that one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one.

    A text that is no address is returned as it is.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), _IPV6_SUBSCRIBER_BITS), strict=False))
