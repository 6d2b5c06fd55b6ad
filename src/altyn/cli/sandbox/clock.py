"""`altyn clock`: the sandbox's time, read and moved.

It exists so that a hold of seven days is tested in a second: the running gateway moves its clock
and does, in order, everything that was due on the way.
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

app = typer.Typer(help="The sandbox's clock: read it, move it forward.")
Url = Annotated[str | None, typer.Option(help="Where the gateway answers.")]


@app.command()
def show(url: Url = None) -> None:
    """The gateway's time, and how far it is ahead of the real one."""
    now = _moment(_ask(url))
    ahead = now - datetime.now(UTC)
    told = f", {describe(ahead)} ahead of the real time" if ahead > timedelta(seconds=2) else ""
    console().print(f"{in_words(now)}{told}.", soft_wrap=True)


@app.command()
def advance(
    by: Annotated[str, typer.Argument(help="A span of time: 7d, 2h30m, 45s.")], url: Url = None
) -> None:
    """Move the clock forward; whatever was due on the way happens, in order."""
    span = parse_duration(by)
    before = _moment(_ask(url))
    after = _moment(_ask(url, {"seconds": span.total_seconds()}))
    _tell_moved(before, after)


@app.command("set")
def set_to(
    moment: Annotated[str, typer.Argument(help="With its zone: 2026-12-01T10:00:00+03:00.")],
    url: Url = None,
) -> None:
    """Move the clock forward to a moment."""
    try:
        wanted = datetime.fromisoformat(moment)
    except ValueError:
        wanted = None
    if wanted is None or wanted.tzinfo is None:
        raise CommandError(
            f"{moment!r} is no moment. Write date, time and zone: 2026-12-01T10:00:00+03:00."
        )
    before = _moment(_ask(url))
    _tell_moved(before, _moment(_ask(url, {"to": wanted.isoformat()})))


def _tell_moved(before: datetime, after: datetime) -> None:
    moved = describe(after - before)
    console().print(
        f"The clock went from {in_words(before)} to {in_words(after)}, {moved} on. "
        "Sessions, holds and timers that ended on the way have been dealt with.",
        soft_wrap=True,
    )


def _moment(members: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(members["utc"])


def _ask(url: str | None, move: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the running gateway. Refuses with CommandError: nobody there, no clock there, a move it
    refuses."""
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    base = gateway_address(read_settings(), url)
    body = None if move is None else json.dumps(move).encode()
    request = Request(f"{base}/sandbox/clock", body)  # noqa: S310 - an address of our own making
    try:
        with urlopen(request, timeout=300) as answer:  # noqa: S310 - as above
            members: dict[str, Any] = json.load(answer)
    except HTTPError as error:
        with error:
            raise CommandError(_refusal(base, error)) from None
    except (URLError, OSError, ValueError) as error:
        raise CommandError(
            f"No gateway answers at {base} ({getattr(error, 'reason', error)}). Start it with "
            "`altyn serve`: the clock is moved by the running gateway, so that timers fire."
        ) from None
    return members


def _refusal(base: str, error: "HTTPError") -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError, TypeError):
        return (
            f"The gateway at {base} has no clock that moves: it runs in production, or it is no "
            "Altyn. Name a sandbox with --url."
        )
