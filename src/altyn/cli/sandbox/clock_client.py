"""Asks a running gateway for the time of its clock, and moves the clock."""

import json
from datetime import datetime
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.output import CommandError

MOVE_SECONDS: Final = 300.0
LOOK_SECONDS: Final = 1.0


def gateway_time(base: str) -> datetime | None:
    """The time of a gateway's clock (UTC); None when no sandbox answers there within a second."""
    try:
        return clock_time(_ask(Request(f"{base}/sandbox/clock"), LOOK_SECONDS))  # noqa: S310
    except (OSError, ValueError, KeyError, TypeError):
        return None


def clock_time(members: dict[str, Any]) -> datetime:
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
    content = None if body is None else json.dumps(body).encode()
    request = Request(f"{base}{path}", content)  # noqa: S310 - the gateway's address
    try:
        return _ask(request, MOVE_SECONDS)
    except HTTPError as error:
        with error:
            raise CommandError(_refusal(base, error)) from None
    except (URLError, OSError, ValueError) as error:
        raise CommandError(
            f"No gateway answers at {base} ({getattr(error, 'reason', error)}). Start it with "
            "`altyn serve`: the running gateway moves the clock and runs the timers."
        ) from None


def _ask(request: Request, seconds: float) -> dict[str, Any]:
    with urlopen(request, timeout=seconds) as response:  # noqa: S310 - the gateway's address
        members: dict[str, Any] = json.load(response)
    return members


def _refusal(base: str, error: HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError, TypeError):
        return (
            f"The server at {base} has no sandbox clock: it runs in production mode, or it is not "
            "an Altyn gateway. Give the address of a sandbox with --url."
        )
