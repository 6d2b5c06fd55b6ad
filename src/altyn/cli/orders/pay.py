"""`altyn pay`: a payer at a terminal, who goes through the gateway's own pages step by step.

It exists so that a shop's order can be paid without a browser, and every step on the way be seen.
"""

from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import parse_qs, urlsplit

import typer

from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.output import CommandError, console

if TYPE_CHECKING:
    from altyn.cli.orders.payment import CardTyped

ANY_EXPIRY: Final = "12/34"
ANY_CVC: Final = "123"
ANY_CVC_OF_FOUR: Final = "1234"


def pay(
    order: Annotated[str, typer.Argument(help="The orderId, or the formUrl of register.do.")],
    card: Annotated[str, typer.Option(help="Card number; `altyn cards` has them.")],
    expiry: Annotated[str | None, typer.Option(help="MM/YY; by default the card's own.")] = None,
    cvc: Annotated[str | None, typer.Option(help="By default the card's own.")] = None,
    holder: Annotated[str, typer.Option(help="Latin letters.")] = "CARD HOLDER",
    code: Annotated[str | None, typer.Option(help="For 3-D Secure; by default the right one.")] = (
        None
    ),
    no_code: Annotated[  # noqa: FBT002
        bool, typer.Option("--no-3ds-code", help="Leave the bank's page at its question.")
    ] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Cancel on the bank's page.")] = False,  # noqa: FBT002
    language: Annotated[str, typer.Option(help="ru or en: what the gateway answers in.")] = "en",
    url: Annotated[str | None, typer.Option(help="Where the gateway answers.")] = None,
) -> None:
    """Pay an order by card as a browser would, telling each step; exit code 1 unless paid."""
    from altyn.cli.orders.payment import End, Payment

    order_id, base = read_order(order, url)
    typed = type_card(card, expiry=expiry, cvc=cvc, holder=holder)
    payment = Payment(
        base=base,
        order_id=order_id,
        language=language,
        code=None if no_code else code or _right_code(typed.pan),
        cancel=cancel,
        say=lambda step: console().print(step, soft_wrap=True, markup=False),
    )
    outcome = payment.pay(typed)
    console().print(outcome.words, style=_STYLES[outcome.end.value], soft_wrap=True, markup=False)
    if outcome.end is not End.PAID:
        raise typer.Exit(1)


_STYLES: Final = {"paid": "green", "not paid": "red", "left in the middle": "yellow"}


def read_order(order: str, url: str | None) -> tuple[str, str]:
    """The order's id and its gateway's address. Refuses: an address without an mdOrder."""
    if "://" not in order:
        return order, gateway_address(read_settings(), url)
    parts = urlsplit(order)
    named = parse_qs(parts.query)
    ids = named.get("mdOrder") or named.get("orderId")
    if not ids:
        raise CommandError(
            f"{order} names no order: it has no mdOrder. Give the formUrl that register.do "
            "answered, or the orderId."
        )
    return ids[0], url.rstrip("/") if url else f"{parts.scheme}://{parts.netloc}"


def type_card(pan: str, *, expiry: str | None, cvc: str | None, holder: str) -> "CardTyped":
    """The card as the payer types it: what was not given is what the test card's row says."""
    from altyn.cli.orders.payment import CardTyped
    from altyn.protocol.test_cards import lookup

    digits = "".join(sign for sign in pan if sign.isdigit())
    known = lookup(digits, tds_version="1")
    own_expiry = known.expiry.text if known and known.expiry else ANY_EXPIRY
    amex = digits.startswith(("34", "37"))
    any_cvc = ANY_CVC_OF_FOUR if amex else ANY_CVC
    return CardTyped(
        pan=digits,
        expiry=read_expiry(expiry or own_expiry),
        cvc=cvc if cvc is not None else (known.cvc if known and known.cvc else any_cvc),
        holder=holder,
    )


def read_expiry(text: str) -> str:
    """MM/YY, MM/YYYY or YYYYMM as YYYYMM. Refuses with CommandError: anything else."""
    month, slash, year = text.replace(" ", "").partition("/")
    if not slash:
        month, year = text[4:], text[:4]
    year = f"20{year}" if len(year) == 2 else year  # noqa: PLR2004 - two digits of a year
    if not (month.isdecimal() and year.isdecimal() and len(year) == 4 and 1 <= int(month) <= 12):  # noqa: PLR2004
        raise CommandError(f"{text!r} is no expiry. Write it as on the card: 12/34.")
    return f"{year}{int(month):02}"


def _right_code(pan: str) -> str:
    """What the bank's page will take for this card, whichever 3-D Secure the shop uses."""
    from altyn.protocol.test_cards import ACS_CODE_CLASSIC, lookup

    listed = (lookup(pan, tds_version="1"), lookup(pan, tds_version="2"))
    return next((card.acs_code for card in listed if card and card.acs_code), ACS_CODE_CLASSIC)
