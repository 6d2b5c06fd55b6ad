"""`altyn pay`: the simulated payer pays an order; prints every step and the result."""

from typing import Annotated, Any, Final
from urllib.parse import parse_qs, urlsplit

import typer

from altyn.cli.environment import checked_url, gateway_address, read_settings
from altyn.cli.orders.payer_members import PayOptions, members_of
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line

LANGUAGES: Final = ("ru", "en")
UNUSED: Final = {
    "otp": "The 3-D Secure code was not used: the bank asked for no code.",
    "code": "--code was not used: the page asked for no code of an SMS.",
    "email": "--email was not used: the order has a contact of the shop.",
    "phone": "--phone was not used: the order has a contact of the shop.",
    "decision": "Nothing was confirmed or refused: no message arrived on the phone.",
}
MISSING_CONTACT: Final = "Give --email or --phone: the page asks where the receipt goes."

Code = Annotated[
    str | None,
    typer.Option(help="3-D Secure code, with --way bnpl the SMS code; default: the correct one."),
]
Otp = Annotated[str | None, typer.Option(help="3-D Secure code, in every way with a card.")]


def pay(  # noqa: PLR0913, PLR0917 - typer reads the options from the parameters
    order: Annotated[str, typer.Argument(help="The orderId, or the formUrl of register.do.")],
    card: Annotated[
        str | None, typer.Option("--card", "--pan", help="Card number; see `altyn cards`.")
    ] = None,
    expiry: Annotated[
        str | None, typer.Option(help="MM/YY; default: that of the test card.")
    ] = None,
    cvc: Annotated[str | None, typer.Option(help="Default: that of the test card.")] = None,
    holder: Annotated[str | None, typer.Option(help="Cardholder, in Latin letters.")] = None,
    code: Code = None,
    otp: Otp = None,
    no_code: Annotated[  # noqa: FBT002
        bool, typer.Option("--no-3ds-code", help="Stop at the bank's page; type no code.")
    ] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Cancel on the bank's page.")] = False,  # noqa: FBT002
    email: Annotated[str | None, typer.Option(help="For the receipt, if asked.")] = None,
    phone: Annotated[
        str | None, typer.Option(help="For the receipt, if asked; gets the push or the SMS.")
    ] = None,
    way: Annotated[str, typer.Option(help="How the payer pays: card, sberpay or bnpl.")] = "card",
    refuse: Annotated[bool, typer.Option("--refuse", help="SberPay: refuse in the app.")] = False,  # noqa: FBT002
    language: Annotated[str, typer.Option(help="Language of the pages: ru or en.")] = "en",
    url: Annotated[str | None, typer.Option(help="Address of the gateway.")] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Pay an order as its payer would, print each step, and tell how it ended.

    Exit code 0: paid, held (two-stage payment) or verified.
    3: declined. 4: expired. 8: not finished, at the bank or on a phone.
    Nothing was paid now, as the order was 5: paid, 6: refunded, 7: reversed before.
    9: refused by the page; no attempt was used. 1: any error.
    """
    from altyn.cli.orders.payment import exit_code_of, request_payment

    order_id, base_url = read_order(order, url)
    options = PayOptions(
        card=card,
        expiry=expiry,
        cvc=cvc,
        holder=holder,
        code=code,
        otp=otp,
        no_code=no_code,
        cancel=cancel,
        phone=phone,
        refuse=refuse,
    )
    members = {"email": email, "language": read_language(language), **members_of(way, options)}
    answer = request_payment(base_url, order_id, members)
    if as_json:
        print_json(answer)
    else:
        print_answer(answer)
    if exit_code := exit_code_of(str(answer["result"])):
        raise typer.Exit(exit_code)


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
    return ids[0], checked_url(url) if url else f"{parts.scheme}://{parts.netloc}"


def read_language(text: str) -> str:
    """The language. Refuses with CommandError: the pages do not have it."""
    if text not in LANGUAGES:
        raise CommandError(f"--language takes {' or '.join(LANGUAGES)}, not {text!r}.")
    return text


def print_answer(answer: dict[str, Any]) -> None:
    """Print the steps, the option that had no effect, and the result."""
    for step in answer["steps"]:
        print_line(f"→ {step}")
    for name, text in UNUSED.items():
        if name in answer.get("unused", ()):
            print_line(text, "yellow")
    if answer.get("missing"):
        print_line(MISSING_CONTACT, "yellow")
    result = answer["result"]
    style = {"PAID": "green", "HELD": "green", "VERIFIED": "green", "WAITING": "yellow"}
    print_line(
        f"{answer['text']}\nOrder {answer['orderId']}, status {answer['orderStatus']}.",
        style.get(result, "red"),
    )
