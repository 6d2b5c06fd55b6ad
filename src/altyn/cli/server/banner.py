"""The text that `altyn serve` prints when it is ready: addresses, and first commands to paste."""

import os
import sys
from collections.abc import Sequence
from typing import Final

from altyn import __version__
from altyn.settings import Settings
from altyn.storage.demo import DEMO_API_LOGIN, DEMO_LOGIN, DEMO_PASSWORD, DEMO_TOKEN

# PAN, expiry, CVC, result; `altyn cards` lists all test cards.
CARDS: Final = (
    ("5555 5555 5555 5599", "12/34", "123", "paid without 3-D Secure"),
    ("4111 1111 1111 1111", "12/34", "123", "3-D Secure, code 12345678"),
    ("2202 2050 0001 2424", "05/28", "649", "3-D Secure without a code"),
    ("4444 4444 4444 4422", "12/34", "123", "declined, action code 913"),
)


def print_banner(settings: Settings, address: str, data: str, took_seconds: float) -> None:
    """Print the gateway's addresses; in the sandbox also the demo credentials and examples."""
    facts_of = _sandbox if settings.sandbox else _production
    facts = facts_of(settings, address, f"{data}; keys in {settings.keys}")
    mode = "sandbox, no money moves" if settings.sandbox else "production"
    lines = [f"Altyn {__version__} is ready: {mode}. Started in {took_seconds:.1f} s.", ""]
    for name, values in facts:
        lines += [f"  {name if number == 0 else '':<9} {v}" for number, v in enumerate(values)]
    sys.stdout.write("\n".join((*lines, "", "")))
    sys.stdout.flush()


def _sandbox(settings: Settings, address: str, data: str) -> Sequence[tuple[str, Sequence[str]]]:
    public = settings.public_url or address
    return (
        ("Gateway", [f"{public}/payment/rest/", f"{public}/payment/webservices/merchant-ws?wsdl"]),
        ("API", [f"userName={DEMO_API_LOGIN}  password={DEMO_PASSWORD}   or   token={DEMO_TOKEN}"]),
        ("Page", [f"{public}/payment/merchants/{DEMO_LOGIN}/payment_ru.html?mdOrder=…"]),
        ("Cards", [*(" · ".join(card) for card in CARDS), "`altyn cards` lists all test cards"]),
        ("Try", _first_commands(public)),
        (
            "Callbacks",
            ["altyn callbacks listen   receives and prints callbacks, and shows how to send them"],
        ),
        (
            "Time",
            ["altyn clock advance 7d   moves the gateway's clock and runs all due actions"],
        ),
        ("Data", [data]),
        ("Stop", ["Ctrl-C; the data are kept for the next start"]),
    )


def _first_commands(public: str) -> list[str]:
    """Commands that register a first order and pay it."""
    order = (
        f"userName={DEMO_API_LOGIN}&password={DEMO_PASSWORD}&amount=150000"
        "&returnUrl=https://shop.example/thanks"
    )
    return [
        f"curl -s {public}/payment/rest/register.do -d '{order}'",
        "then open its formUrl in a browser, or: altyn pay ORDER --card 4111111111111111",
    ]


def _production(settings: Settings, address: str, data: str) -> Sequence[tuple[str, Sequence[str]]]:
    return (
        ("Gateway", [f"{settings.public_url}/payment/rest/   (listens on {address})"]),
        ("Workers", [str(settings.workers)]),
        ("Data", [data]),
        ("Stop", [f"SIGTERM to process {os.getpid()}; it finishes open requests first"]),
    )
