"""Names become addresses once, and every one is judged before anything connects to it.

A shop's name may point into the gateway's own network, or do so at the second look only. So the
connector is given numbers that were judged, and connects to these without asking again.
"""

import socket
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from altyn.outbound.callbacks.guard import Rules, refusal_of_address


class ForbiddenAddressError(Exception):
    """A name stands for an address that may not be called; the text says which, and why."""


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
