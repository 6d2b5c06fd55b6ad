"""Checks an address for callbacks that a user types.

An address that the gateway would never call is refused at once, with the reason.
"""

from altyn.cli.environment import read_settings


def refusal_of_address(address: str) -> str | None:
    """Why this gateway may not send callbacks to the address; None when it may."""
    from altyn.outbound.callbacks.guard import Rules, refusal_of_url

    settings = read_settings()
    rules = Rules.of(sandbox=settings.sandbox, ports=settings.callback_ports)
    return refusal_of_url(address, rules)
