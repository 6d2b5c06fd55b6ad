"""`altyn clock`: shows and moves the sandbox's clock.

The running gateway moves its clock and runs, in order, every action that became due. So the test of
a seven-day hold takes a second.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from altyn.cli.dates import in_words
from altyn.cli.durations import describe, parse_duration
from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.output import CommandError, console

if TYPE_CHECKING:
    from urllib.error import HTTPError

app = typer.Typer(help="Show the sandbox's clock, or move it forward.")
Url = Annotated[str | None, typer.Option(help="Address of the gateway.")]


@app.command()
def show(url: Url = None) -> None:
    """Show the gateway's time, and how far it is ahead of the real time."""
    now = _clock_time(_request(url))
    ahead = now - datetime.now(UTC)
    offset = f", {describe(ahead)} ahead of the real time" if ahead > timedelta(seconds=2) else ""
    console().print(f"{in_words(now)}{offset}.", soft_wrap=True)


@app.command()
def advance(
    by: Annotated[str, typer.Argument(help="A duration: 7d, 2h30m, 45s.")], url: Url = None
) -> None:
    """Move the clock forward by a duration, and run all actions that become due, in order."""
    duration = parse_duration(by)
    before = _clock_time(_request(url))
    after = _clock_time(_request(url, {"seconds": duration.total_seconds()}))
    _print_move(before, after)


@app.command("set")
def set_to(
    moment: Annotated[str, typer.Argument(help="Date, time and zone: 2026-12-01T10:00:00+03:00.")],
    url: Url = None,
) -> None:
    """Move the clock forward to a date and time."""
    try:
        target = datetime.fromisoformat(moment)
    except ValueError:
        target = None
    if target is None or target.tzinfo is None:
        raise CommandError(
            f"{moment!r} is not a time with a zone. Write date, time and zone: "
            "2026-12-01T10:00:00+03:00."
        )
    before = _clock_time(_request(url))
    _print_move(before, _clock_time(_request(url, {"to": target.isoformat()})))


def _print_move(before: datetime, after: datetime) -> None:
    console().print(
        f"The clock moved forward by {describe(after - before)}: from {in_words(before)} to "
        f"{in_words(after)}. All due actions have been run: sessions, holds, timers.",
        soft_wrap=True,
    )


def _clock_time(members: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(members["utc"])


def _request(url: str | None, move: dict[str, Any] | None = None) -> dict[str, Any]:
    """Read the gateway's clock, or move it; the members of the response.

    Refuses with CommandError: no gateway answers, it has no sandbox clock, it refuses the move.
    """
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    base = gateway_address(read_settings(), url)
    body = None if move is None else json.dumps(move).encode()
    request = Request(f"{base}/sandbox/clock", body)  # noqa: S310 - the gateway's address
    try:
        with urlopen(request, timeout=300) as response:  # noqa: S310 - as above
            members: dict[str, Any] = json.load(response)
    except HTTPError as error:
        with error:
            raise CommandError(_refusal(base, error)) from None
    except (URLError, OSError, ValueError) as error:
        raise CommandError(
            f"No gateway answers at {base} ({getattr(error, 'reason', error)}). Start it with "
            "`altyn serve`: the running gateway moves the clock and runs the timers."
        ) from None
    return members


def _refusal(base: str, error: "HTTPError") -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError, TypeError):
        return (
            f"The server at {base} has no sandbox clock: it runs in production mode, or it is not "
            "an Altyn gateway. Give the address of a sandbox with --url."
        )
