"""Resolves host names once, and checks every IP address before a connection to it.

A shop's host name may resolve to an address in the gateway's own network, at the first lookup or
only at the second one (DNS rebinding). So the connector gets checked IP addresses, and connects to
them without a new lookup.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

from altyn.outbound.callbacks.guard import Rules, refusal_of_address

THREADS_FOR_KNOWN: Final = 16
THREADS_FOR_UNKNOWN: Final = 128  # the number of attempts that may go to slow hosts at once
NAMES_REMEMBERED: Final = 10_000


class ForbiddenAddressError(Exception):
    """A name resolves to an address that may not be called; the text names it, with the reason."""


class ThreadedResolver(AbstractResolver):
    """The system's resolver, in its own threads.

    A name whose name servers do not answer blocks its thread for half a minute, long after the
    delivery has ended. So there are two groups of threads: one for names whose last lookup
    succeeded, and one for all other names. The rest of the gateway uses other threads.
    """

    def __init__(self) -> None:
        self._known: dict[str, None] = {}  # the most recent name is the last one
        self._threads_for_known = ThreadPoolExecutor(THREADS_FOR_KNOWN, "names")
        self._threads_for_unknown = ThreadPoolExecutor(THREADS_FOR_UNKNOWN, "new names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        threads = self._threads_for_known if host in self._known else self._threads_for_unknown
        self._known.pop(host, None)
        look = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM)
        answers = await asyncio.get_running_loop().run_in_executor(threads, look)
        self._known[host] = None
        if len(self._known) > NAMES_REMEMBERED:
            del self._known[next(iter(self._known))]
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, proto, _, address in answers
        ]

    async def close(self) -> None:
        for threads in (self._threads_for_known, self._threads_for_unknown):
            threads.shutdown(wait=False, cancel_futures=True)


class GuardedResolver(AbstractResolver):
    """A resolver that returns only addresses which the rules allow.

    In production a name with one forbidden address is refused, because a shop has public addresses
    only. In the sandbox the forbidden address is left out, so that `localhost` works on any
    machine. aiohttp does not resolve IP addresses: `refusal_of_url` has checked those.
    """

    def __init__(self, inner: AbstractResolver, rules: Rules) -> None:
        self._inner = inner
        self._rules = rules

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = await self._inner.resolve(host, port, family)
        checked = [(answer, _refusal(answer["host"], self._rules)) for answer in answers]
        allowed = [answer for answer, refusal in checked if refusal is None]
        refusals = [refusal for _, refusal in checked if refusal is not None]
        if refusals and not (allowed and self._rules.private):
            raise ForbiddenAddressError(f"{host} may not be called: {refusals[0]}")
        if not allowed:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        return allowed

    async def close(self) -> None:
        await self._inner.close()


def _refusal(text: str, rules: Rules) -> str | None:
    """Why an address is refused; None when it is allowed.

    A text that is not an IP address is refused, because the connector would resolve it again.
    """
    try:
        return refusal_of_address(ip_address(text), rules)
    except ValueError:
        return f"{text} is not an IP address."
