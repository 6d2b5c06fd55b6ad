"""Asks a running gateway for the time of its clock, and moves the clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.output import CommandError
from altyn.cli.sandbox.client import NoGatewayError, SandboxRefusalError, ask_sandbox

MOVE_SECONDS: Final = 300.0
LOOK_SECONDS: Final = 1.0


def gateway_time(base: str) -> datetime | None:
    """The time of a gateway's clock (UTC); None when no sandbox answers there within a second."""
    try:
        return clock_time(ask_sandbox(f"{base}/sandbox/clock", seconds=LOOK_SECONDS))
    except (NoGatewayError, SandboxRefusalError, ValueError, KeyError, TypeError):
        return None


def clock_time(members: Mapping[str, Any]) -> datetime:
    """The time in a response of the gateway (UTC)."""
    return datetime.fromisoformat(members["utc"])


def request_clock(
    url: str | None, body: dict[str, Any] | None = None, *, path: str = "/sandbox/clock"
) -> dict[str, Any]:
    """Read the gateway's clock, or move it; the members of the response.

    Refuses with CommandError: a malformed --url, no gateway answers, it has no sandbox clock, it
    refuses the move.
    """
    base = gateway_address(read_settings(), url)
    try:
        return ask_sandbox(f"{base}{path}", body, seconds=MOVE_SECONDS)
    except SandboxRefusalError as refusal:
        raise CommandError(refusal.text or _absence(base)) from None
    except NoGatewayError as reason:
        raise CommandError(
            f"No gateway answers at {base} ({reason}). Start it with `altyn serve`: the running "
            "gateway moves the clock and runs the timers."
        ) from None


def _absence(base: str) -> str:
    return (
        f"The server at {base} has no sandbox clock: it runs in production mode, or it is not "
        "an Altyn gateway. Give the address of a sandbox with --url."
    )
