"""Whether callbacks of this gateway may go to an address, told to whoever types it.

It exists so that an address which would never be called is refused while somebody is there to read
why.
"""

from altyn.cli.environment import read_settings


def refusal_of_address(address: str) -> str | None:
    """Why callbacks of this gateway may not go there; None when they may."""
    from altyn.outbound.callbacks.guard import Rules, refusal_of_url

    settings = read_settings()
    rules = Rules.of(sandbox=settings.sandbox, ports=settings.callback_ports)
    return refusal_of_url(address, rules)
