"""`altyn cart check`: check a cart without a server, and say what is wrong in it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.output import CommandError

if TYPE_CHECKING:
    from altyn.domain.cart.faults import CartFault
    from altyn.domain.cart.values import ReadCart

BYTES_MAX: Final = 1_000_000
STANDARD_INPUT: Final = "-"

app = typer.Typer(help="Check carts (orderBundle).")


@app.callback()
def carts() -> None:
    """Check carts (orderBundle)."""


@app.command("check")
def check(
    file: Annotated[str, typer.Argument(help="The cart as JSON; - reads standard input.")],
    amount: Annotated[
        int | None, typer.Option(help="The order's amount in minor units; else it is not compared.")
    ] = None,
    currency: Annotated[str, typer.Option(help="The order's currency, ISO 4217.")] = "643",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
) -> None:
    """Check a cart as register.do does, and name every fault. Exit code 1: the cart has faults."""
    from altyn.domain.cart.checks import check_against_order
    from altyn.domain.cart.reading import read_bundle

    read, faults = read_bundle(_document(file))
    if not faults:
        sum_minor = read.amount_minor if amount is None else amount
        faults = check_against_order(read, amount_minor=sum_minor, currency=currency)
    sys.stdout.write(_as_json(read, faults) if as_json else _as_text(read, faults))
    if faults:
        raise typer.Exit(1)


def _document(file: str) -> object:
    """The JSON of the file. Raises CommandError."""
    try:
        if file == STANDARD_INPUT:
            content = sys.stdin.buffer.read(BYTES_MAX + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(BYTES_MAX + 1)
    except OSError as error:
        raise CommandError(f"The file {file} cannot be read: {error.strerror}") from None
    if len(content) > BYTES_MAX:
        raise CommandError(f"The file {file} has more than {BYTES_MAX} bytes; a cart is smaller.")
    try:
        document: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"The file {file} is not JSON: {error}") from None
    if isinstance(document, dict) and isinstance(document.get("orderBundle"), dict):
        return document["orderBundle"]  # a whole registration in JSON
    return document


def _as_text(read: "ReadCart", faults: "tuple[CartFault, ...]") -> str:
    if faults:
        lines = [f"{fault.text} (fiscal.md §{fault.section})" for fault in faults]
        heading = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        return "\n".join([heading, *(f"  {line}" for line in lines)]) + "\n"
    count = len(read.positions)
    positions = "1 position" if count == 1 else f"{count} positions"
    return f"The cart is right: {positions}, {read.amount_minor} minor units.\n"


def _as_json(read: "ReadCart", faults: "tuple[CartFault, ...]") -> str:
    shown = {
        "valid": not faults,
        "amount": read.amount_minor if not faults else None,
        "positions": len(read.positions),
        "faults": [
            {
                "path": fault.path,
                "position": fault.position,
                "value": fault.value,
                "rule": fault.rule,
                "kind": fault.kind.value,
                "section": f"fiscal.md §{fault.section}",
            }
            for fault in faults
        ],
    }
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"
