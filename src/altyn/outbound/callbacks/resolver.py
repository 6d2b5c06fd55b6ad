"""Resolves host names once, and checks every IP address before anything connects to it.

A shop's name may point into the gateway's own network, at once or at the second lookup only (DNS
rebinding). So the connector gets checked IP addresses, and connects to them without a new lookup.
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
THREADS_FOR_UNKNOWN: Final = 128  # as many as attempts may go to hosts that are not fast
NAMES_REMEMBERED: Final = 10_000


class ForbiddenAddressError(Exception):
    """A name resolves to an address that may not be called; the text says which one and why."""


class ThreadedResolver(AbstractResolver):
    """The system's resolver, in threads of its own.

    A name whose name servers do not answer blocks its thread for half a minute, long after the
    delivery has ended. So names that were resolved the last time have threads of their own, which
    other names cannot use up, and none of them uses the threads of the rest of the gateway.
    """

    def __init__(self) -> None:
        self._known: dict[str, None] = {}  # the name resolved last is the last one
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

    In production a name with one forbidden address is refused, because a shop is not public and
    private at once. In the sandbox the forbidden address is left out, so that `localhost` works on
    any machine. aiohttp does not resolve IP addresses: `refusal_of_url` has checked those.
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
    """Refuses a text that is not an IP address: the connector would resolve it again."""
    try:
        return refusal_of_address(ip_address(text), rules)
    except ValueError:
        return f"{text} is no IP address."
