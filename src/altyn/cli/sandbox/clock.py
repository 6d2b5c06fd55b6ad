"""`altyn clock`: shows and moves the sandbox's clock, lists what is due next, and puts it back.

The running gateway moves its clock and runs, in order, every action that became due. So the test of
a seven-day hold takes a second.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from altyn.cli.dates import in_words
from altyn.cli.durations import describe, parse_duration
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line

app = typer.Typer(help="Show the sandbox's clock and what is due next, move it, or put it back.")
Url = Annotated[str | None, typer.Option(help="Address of the gateway.")]

Force = Annotated[bool, typer.Option("--force", help="Also when something lies in the future.")]


@app.command()
def show(url: Url = None, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Show the gateway's time, and how far it is ahead of the real time."""
    from altyn.cli.sandbox.clock_client import clock_time, request_clock

    now = clock_time(members := request_clock(url))
    if as_json:
        print_json(members)
        return
    ahead = now - datetime.now(UTC)
    offset = f", {describe(ahead)} ahead of the real time" if ahead > timedelta(seconds=2) else ""
    print_line(f"{in_words(now)}{offset}.")


@app.command()
def due(
    limit: Annotated[int, typer.Option(help="List at most this many.", min=1, max=100)] = 20,
    url: Url = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """List what happens next by the clock: ends of sessions and holds, callbacks, mails, receipts,
    later parts. `altyn clock set` with the time of an entry moves the clock to it."""
    from altyn.cli.sandbox.clock_client import request_clock
    from altyn.cli.sandbox.due_view import print_due

    members = request_clock(url, path=f"/sandbox/due?limit={limit}")
    if as_json:
        print_json(members)
    else:
        print_due(members)


@app.command()
def advance(
    by: Annotated[str, typer.Argument(help="A duration: 7d, 2h30m, 45s.")],
    url: Url = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Move the clock forward by a duration, and run all actions that become due, in order."""
    _move(url, {"seconds": parse_duration(by).total_seconds()}, as_json=as_json)


@app.command("set")
def set_to(
    moment: Annotated[str, typer.Argument(help="Date, time and zone: 2026-12-01T10:00:00+03:00.")],
    url: Url = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
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
    _move(url, {"to": target.isoformat()}, as_json=as_json)


@app.command()
def reset(
    force: Force = False,  # noqa: FBT002 - an option of the command
    url: Url = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - as above
) -> None:
    """Put the clock back to the real time, if nothing lies in the future."""
    from altyn.cli.sandbox.clock_client import clock_time, request_clock

    members = request_clock(url, {"force": force}, path="/sandbox/clock/reset")
    if as_json:
        print_json(members)
        return
    print_line(f"The clock shows the real time again: {in_words(clock_time(members))}.")
    if members["warning"]:
        print_line(members["warning"], "yellow")


def _move(url: str | None, to: dict[str, Any], *, as_json: bool) -> None:
    """Move the clock, and print from when to when."""
    from altyn.cli.sandbox.clock_client import clock_time, request_clock

    before = clock_time(request_clock(url))
    members = request_clock(url, to)
    after = clock_time(members)
    if as_json:
        print_json(members)
        return
    print_line(
        f"The clock moved forward by {describe(after - before)}: from {in_words(before)} to "
        f"{in_words(after)}. All due actions have been run: sessions, holds, timers."
    )
