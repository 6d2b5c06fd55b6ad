"""Checks the address of callbacks when a person types it.

An address that would never be called is refused at once, with the reason.
"""

from altyn.cli.environment import read_settings


def refusal_of_address(address: str) -> str | None:
    """Why callbacks of this gateway may not go there; None when they may."""
    from altyn.outbound.callbacks.guard import Rules, refusal_of_url

    settings = read_settings()
    rules = Rules.of(sandbox=settings.sandbox, ports=settings.callback_ports)
    return refusal_of_url(address, rules)
