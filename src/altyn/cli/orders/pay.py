"""`altyn pay`: pays an order by card through the gateway's own pages, and prints every step."""

from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import parse_qs, urlsplit

import typer

from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.output import CommandError, console

if TYPE_CHECKING:
    from altyn.cli.orders.payment import TypedCard

ANY_EXPIRY: Final = "12/34"
ANY_CVC: Final = "123"
ANY_CVC_OF_FOUR: Final = "1234"


def pay(
    order: Annotated[str, typer.Argument(help="The orderId, or the formUrl of register.do.")],
    card: Annotated[str, typer.Option(help="Card number; see `altyn cards`.")],
    expiry: Annotated[
        str | None, typer.Option(help="MM/YY; default: that of the test card.")
    ] = None,
    cvc: Annotated[str | None, typer.Option(help="Default: that of the test card.")] = None,
    holder: Annotated[str, typer.Option(help="Cardholder, in Latin letters.")] = "CARD HOLDER",
    code: Annotated[
        str | None, typer.Option(help="3-D Secure code; default: the correct one.")
    ] = None,
    no_code: Annotated[  # noqa: FBT002
        bool, typer.Option("--no-3ds-code", help="Stop at the bank's page; type no code.")
    ] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Cancel on the bank's page.")] = False,  # noqa: FBT002
    language: Annotated[str, typer.Option(help="Language of the answers: ru or en.")] = "en",
    url: Annotated[str | None, typer.Option(help="Address of the gateway.")] = None,
) -> None:
    """Pay an order by card as a browser would, and print each step; exit code 1 unless paid."""
    from altyn.cli.orders.payment import PagePayment, Result

    order_id, base_url = read_order(order, url)
    typed = card_to_type(card, expiry=expiry, cvc=cvc, holder=holder)
    payment = PagePayment(
        base_url=base_url,
        order_id=order_id,
        language=language,
        code=None if no_code else code or _correct_code(typed.pan),
        cancel=cancel,
        print_step=lambda step: console().print(step, soft_wrap=True, markup=False),
    )
    outcome = payment.pay(typed)
    style = {Result.PAID: "green", Result.NOT_PAID: "red", Result.UNFINISHED: "yellow"}
    console().print(outcome.text, style=style[outcome.result], soft_wrap=True, markup=False)
    if outcome.result is not Result.PAID:
        raise typer.Exit(1)


def read_order(order: str, url: str | None) -> tuple[str, str]:
    """The orderId and the gateway's address. Refuses with CommandError: a URL without mdOrder."""
    if "://" not in order:
        return order, gateway_address(read_settings(), url)
    parts = urlsplit(order)
    query = parse_qs(parts.query)
    ids = query.get("mdOrder") or query.get("orderId")
    if not ids:
        raise CommandError(
            f"{order} has no mdOrder parameter, so the order is unknown. Give the formUrl from the "
            "answer of register.do, or the orderId."
        )
    return ids[0], url.rstrip("/") if url else f"{parts.scheme}://{parts.netloc}"


def card_to_type(pan: str, *, expiry: str | None, cvc: str | None, holder: str) -> "TypedCard":
    """The card as the payer types it; a missing expiry or CVC is taken from the test card."""
    from altyn.cli.orders.payment import TypedCard
    from altyn.protocol.test_cards import lookup

    digits = "".join(character for character in pan if character.isdigit())
    listed = lookup(digits, tds_version="1")
    own_expiry = listed.expiry.text if listed and listed.expiry else ANY_EXPIRY
    amex = digits.startswith(("34", "37"))
    any_cvc = ANY_CVC_OF_FOUR if amex else ANY_CVC
    return TypedCard(
        pan=digits,
        expiry=read_expiry(expiry or own_expiry),
        cvc=cvc if cvc is not None else (listed.cvc if listed and listed.cvc else any_cvc),
        holder=holder,
    )


def read_expiry(text: str) -> str:
    """MM/YY, MM/YYYY or YYYYMM as YYYYMM. Refuses with CommandError: any other text."""
    month, slash, year = text.replace(" ", "").partition("/")
    if not slash:
        month, year = text[4:], text[:4]
    year = f"20{year}" if len(year) == 2 else year  # noqa: PLR2004 - two digits of a year
    if not (month.isdecimal() and year.isdecimal() and len(year) == 4 and 1 <= int(month) <= 12):  # noqa: PLR2004
        raise CommandError(f"{text!r} is not an expiry. Write it as on the card: 12/34.")
    return f"{year}{int(month):02}"


def _correct_code(pan: str) -> str:
    """The code that the bank's page accepts for this card, in 3-D Secure 1 or 2."""
    from altyn.protocol.test_cards import ACS_CODE_CLASSIC, lookup

    listed = (lookup(pan, tds_version="1"), lookup(pan, tds_version="2"))
    return next((card.acs_code for card in listed if card and card.acs_code), ACS_CODE_CLASSIC)
