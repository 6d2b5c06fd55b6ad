"""`altyn requests`: lists the requests of shops, shows and explains one, follows new ones."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import typer

from altyn.cli.output import JsonFlag, console, print_json, print_json_line, print_line

app = typer.Typer(help="What shops have sent, what was answered, and why it was refused.")

WAIT_SECONDS: Final = 20
BATCH_MAX: Final = 1_000
Url = Annotated[str | None, typer.Option(help="Address of the gateway.")]
Shop = Annotated[str | None, typer.Option(help="Only requests of this shop (its login).")]
Order = Annotated[str | None, typer.Option(help="orderId, or the shop's orderNumber.")]
Method = Annotated[str | None, typer.Option(help="Only this method: register.do.")]
Number = Annotated[int, typer.Argument(help="A request's number, from the list.", min=1)]
Refused = Annotated[bool, typer.Option("--refused", help="Only requests that were refused.")]


@app.command("list")
def list_requests(
    merchant: Shop = None,
    order: Order = None,
    method: Method = None,
    refused: Refused = False,  # noqa: FBT002 - an option of the command
    limit: Annotated[int, typer.Option(help="List at most this many.", min=1, max=BATCH_MAX)] = 20,
    url: Url = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - as above
) -> None:
    """List the newest requests, newest first."""
    from altyn.cli.requests.reader import find_requests
    from altyn.cli.requests.view import print_requests

    filters = {"shop": merchant, "order": order, "method": method, "refused": refused or None}
    found = find_requests(url, {**filters, "limit": limit})
    if as_json:
        print_json(found)
    elif found:
        print_requests(found)
    elif any(filters.values()):
        print_line("There is no such request. The log keeps the newest, for some days.")
    else:
        print_line(
            "There are no requests yet. Send one, such as register.do; the log begins with the "
            "start of a gateway that has it switched on (ALTYN_REQUEST_LOG)."
        )


@app.command()
def show(
    request: Number,
    url: Url = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Show a request: its parameters, its answer, why it was refused, and the request as curl."""
    from altyn.cli.requests.reader import load_request
    from altyn.cli.requests.view import print_request

    _print_one(load_request(url, request), print_request, as_json=as_json)


@app.command()
def repeat(
    request: Number,
    url: Url = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Send a request again, and print its new answer. Works where no secret of it is missing."""
    from altyn.cli.requests.reader import repeat_request
    from altyn.cli.requests.view import print_new_answer

    _print_one(repeat_request(url, request), print_new_answer, as_json=as_json)


def _print_one(
    members: dict[str, Any], print_text: Callable[[Mapping[str, Any]], None], *, as_json: bool
) -> None:
    """Print the members of an answer as JSON, or as text."""
    if as_json:
        print_json(members)
    else:
        print_text(members)


@app.command()
def tail(
    merchant: Shop = None,
    order: Order = None,
    method: Method = None,
    refused: Refused = False,  # noqa: FBT002 - an option of the command
    limit: Annotated[
        int | None,
        typer.Option(help="End after this many requests; default: run until Ctrl-C.", min=1),
    ] = None,
    after: Annotated[
        int | None, typer.Option(help="Begin after this request's number; default: now.", min=0)
    ] = None,
    url: Url = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - as above
) -> None:
    """Print each request when it was answered, until Ctrl-C; --json: one object per line."""
    filters = {"shop": merchant, "order": order, "method": method, "refused": refused or None}
    try:
        _follow(url, filters, after, limit, as_json=as_json)
    except KeyboardInterrupt:
        return


def _follow(
    url: str | None,
    filters: Mapping[str, object],
    after: int | None,
    limit: int | None,
    *,
    as_json: bool,
) -> None:
    from altyn.cli.requests.reader import find_requests
    from altyn.cli.requests.view import print_tail_line

    if after is None:
        newest = find_requests(url, {"limit": 1})
        after = newest[0]["id"] if newest else 0
    if console().is_terminal and not as_json:
        print_line("Waiting for requests. Ctrl-C stops the command.", "dim")
    printed = 0
    while limit is None or printed < limit:
        wanted = {**filters, "after": after, "wait": WAIT_SECONDS, "limit": BATCH_MAX}
        for members in reversed(find_requests(url, wanted)):
            if printed == limit:
                return
            after, printed = members["id"], printed + 1
            if as_json:
                print_json_line(members)
            else:
                print_tail_line(members)
