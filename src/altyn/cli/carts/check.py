"""`altyn cart check`: check a cart without a server, and say what is wrong in it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from altyn.cli.output import CommandError
from altyn.domain.receipt.settings import FfdVersion, FiscalProvider

if TYPE_CHECKING:
    from altyn.domain.cart.faults import CartFault
    from altyn.domain.cart.values import ReadCart

BYTES_MAX: Final = 1_000_000
STANDARD_INPUT: Final = "-"
DEFAULT_CURRENCY: Final = "643"
JSON_PARAMETERS: Final = ("orderBundle", "additionalOfdParams")

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
    currency: Annotated[str | None, typer.Option(help="The order's currency; else 643.")] = None,
    ffd: Annotated[
        FfdVersion | None, typer.Option(help="The shop's setting fiscal.ffd; else not checked.")
    ] = None,
    provider: Annotated[
        FiscalProvider, typer.Option(help="The shop's setting fiscal.provider; needs --ffd.")
    ] = FiscalProvider.NONE,
    strict: Annotated[  # noqa: FBT002
        bool, typer.Option("--strict-payer-identity", help="As fiscal.strict_payer_identity.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
) -> None:
    """Check a cart as register.do does, and name every fault. Exit code 1: the cart has faults.

    The file may hold a whole registration: then amount, currency and additionalOfdParams are its.
    """
    from altyn.domain.cart.checks import check_cart
    from altyn.domain.cart.receipt_params import read_receipt_params
    from altyn.domain.cart.rules import CartRules
    from altyn.domain.cart.unknown import remarks_of_cart

    sent = _registration(_content(file))
    params, wrong = read_receipt_params(sent.get("additionalOfdParams") or {})
    rules = CartRules(
        currency=currency or str(sent.get("currency") or DEFAULT_CURRENCY),
        ffd=ffd,
        provider=provider,
        strict_payer_identity=strict,
        receipt=params.known,
    )
    cart = sent["orderBundle"]
    sum_minor = amount if amount is not None else _amount(sent.get("amount"))
    read, faults = check_cart(cart, rules, amount_minor=sum_minor)
    ignored = [f"ignored, no such key of additionalOfdParams: {key}" for key in params.unknown]
    notes = [*remarks_of_cart(cart), *ignored]
    faults = (*faults, *wrong)
    sys.stdout.write(_as_json(read, faults, notes) if as_json else _as_text(read, faults, notes))
    if faults:
        raise typer.Exit(1)


def _content(file: str) -> object:
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
    return document


def _registration(document: object) -> dict[str, Any]:
    """The parameters of a registration; a cart alone is its orderBundle.

    A parameter may be the JSON text that a form field holds.
    """
    if not isinstance(document, dict) or "orderBundle" not in document:
        return {"orderBundle": document}
    return {**document, **{name: _parsed(document.get(name)) for name in JSON_PARAMETERS}}


def _parsed(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


def _amount(sent: object) -> int | None:
    return int(sent) if isinstance(sent, int | str) and str(sent).isdecimal() else None


def _as_text(read: "ReadCart", faults: "tuple[CartFault, ...]", notes: list[str]) -> str:
    remarks = "".join(f"Note: {note}.\n" for note in notes)
    if faults:
        lines = [f"{fault.text} (fiscal.md §{fault.section})" for fault in faults]
        heading = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        return "\n".join([heading, *(f"  {line}" for line in lines)]) + "\n" + remarks
    count = len(read.positions)
    positions = "1 position" if count == 1 else f"{count} positions"
    return f"The cart is right: {positions}, {read.amount_minor} minor units.\n{remarks}"


def _as_json(read: "ReadCart", faults: "tuple[CartFault, ...]", notes: list[str]) -> str:
    shown = {
        "valid": not faults,
        "amount": read.amount_minor if not faults else None,
        "positions": len(read.positions),
        "faults": [fault.members for fault in faults],
        "notes": notes,
    }
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"
