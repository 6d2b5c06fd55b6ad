"""How many orders an address may register by static links and pay buttons.

Their token is public, so anyone can register orders with it. The limit slows down a script, and
never stops a shop's own calls of the API. For each shop the stored orders are counted, so that all
processes share the limit; each process counts the requests of an address for all shops too.
Source: personal-account.md §5.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final, Protocol

from altyn.domain.card.attempt_limits import network_of

ORDERS_MAX: Final = 20
WITHIN: Final = timedelta(minutes=10)
ADDRESSES_MAX: Final = 10_000


class OrderCounts(Protocol):
    """Counts the stored orders of a shop by the networks of their payers."""

    async def of_network(self, merchant_id: int, ip: str, *, since: datetime) -> int:
        """Those registered after `since` (UTC) for a payer of the network of this address."""
        ...


class AddressLimit:
    """Counts the requests of each address in this process, before anything is read; the addresses
    that were quiet longest are forgotten."""

    def __init__(self, most: int = ORDERS_MAX, addresses_max: int = ADDRESSES_MAX) -> None:
        self._most = most
        self._addresses_max = addresses_max
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()

    def allows(self, ip: str, now: datetime) -> bool:
        """Count one order more; False, and nothing is counted, where the address has had enough."""
        network = network_of(ip) or ""
        times = self._times.setdefault(network, deque())
        self._times.move_to_end(network)
        while times and times[0] <= now - WITHIN:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        if len(self._times) > self._addresses_max:
            self._times.popitem(last=False)
        return True
