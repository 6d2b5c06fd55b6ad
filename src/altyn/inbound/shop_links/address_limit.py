"""How many orders an address may register by static links and pay buttons.

Their token is public, so anyone can register orders with it. The limit is of one process: it
slows down a script, and never stops a shop's own calls of the API. Source: personal-account.md §5.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

ORDERS_MAX: Final = 20
WITHIN: Final = timedelta(minutes=10)
ADDRESSES_MAX: Final = 10_000
IPV6_PREFIX: Final = 64
"""One subscriber has so large a network."""


class AddressLimit:
    """Counts the orders of each address; the addresses that were quiet longest are forgotten."""

    def __init__(self, most: int = ORDERS_MAX, addresses_max: int = ADDRESSES_MAX) -> None:
        self._most = most
        self._addresses_max = addresses_max
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()

    def allows(self, ip: str, now: datetime) -> bool:
        """Count one order more; False, and nothing is counted, where the address has had enough."""
        network = network_of(ip)
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


def network_of(ip: str) -> str:
    """What is counted as one address: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)
