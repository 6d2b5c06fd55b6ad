"""Names become addresses once, and every one is judged before anything connects to it.

A shop's name may point into the gateway's own network, or do so at the second look only. So the
connector is given numbers that were judged, and connects to these without asking again.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

from altyn.outbound.callbacks.guard import Rules, refusal_of_address

THREADS_OF_FOUND: Final = 16
THREADS_OF_OTHERS: Final = 128  # as many as tries may go to hosts that are not known as prompt
NAMES_REMEMBERED: Final = 10_000


class ForbiddenAddressError(Exception):
    """A name stands for an address that may not be called; the text says which, and why."""


class PatientResolver(AbstractResolver):
    """The system's own resolver, in threads that hang without anybody else waiting for them.

    A name whose servers are silent holds its thread for half a minute, long after the callback was
    given up. So names that were found the last time have threads of their own, which the others
    cannot fill, and neither uses those of the rest of the gateway.
    """

    def __init__(self) -> None:
        self._found: dict[str, None] = {}  # the one found last stands last
        self._threads_of_found = ThreadPoolExecutor(THREADS_OF_FOUND, "names")
        self._threads_of_others = ThreadPoolExecutor(THREADS_OF_OTHERS, "new names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        threads = self._threads_of_found if host in self._found else self._threads_of_others
        self._found.pop(host, None)
        look = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM)
        answers = await asyncio.get_running_loop().run_in_executor(threads, look)
        self._found[host] = None
        if len(self._found) > NAMES_REMEMBERED:
            del self._found[next(iter(self._found))]
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
        for threads in (self._threads_of_found, self._threads_of_others):
            threads.shutdown(wait=False, cancel_futures=True)


class GuardedResolver(AbstractResolver):
    """A resolver that tells only addresses which the rules allow.

    In production one forbidden address condemns the whole name: no honest shop is both public and
    private. In the sandbox it is left out, so that `localhost` works on any machine.
    aiohttp does not ask about hosts that are numbers already: `refusal_of_url` has judged those.
    """

    def __init__(self, inner: AbstractResolver, rules: Rules) -> None:
        self._inner = inner
        self._rules = rules

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = await self._inner.resolve(host, port, family)
        judged = [(answer, _refusal(answer["host"], self._rules)) for answer in answers]
        allowed = [answer for answer, refusal in judged if refusal is None]
        refusals = [refusal for _, refusal in judged if refusal is not None]
        if refusals and not (allowed and self._rules.private):
            raise ForbiddenAddressError(f"{host} may not be called: {refusals[0]}")
        if not allowed:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        return allowed

    async def close(self) -> None:
        await self._inner.close()


def _refusal(text: str, rules: Rules) -> str | None:
    """What is no number would be resolved again by whoever connects, and so is never let through"""
    try:
        return refusal_of_address(ip_address(text), rules)
    except ValueError:
        return f"{text} is no IP address."
