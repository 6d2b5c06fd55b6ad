"""The text that `altyn serve` prints when it is ready: addresses, and first commands to paste."""

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.text import Text

from altyn import __version__
from altyn.cli.output import console, print_json_line, print_line
from altyn.settings import Settings
from altyn.storage.demo import (
    DEMO_API_LOGIN,
    DEMO_CALLBACK_KEY,
    DEMO_LOGIN,
    DEMO_OPERATOR_LOGIN,
    DEMO_OWNER_LOGIN,
    DEMO_PASSWORD,
    DEMO_TOKEN,
)

# PAN, expiry, CVC, result; `altyn cards` lists all test cards.
CARDS: Final = (
    ("5555 5555 5555 5599", "12/34", "123", "paid without 3-D Secure"),
    ("4111 1111 1111 1111", "12/34", "123", "3-D Secure, code 12345678"),
    ("2202 2050 0001 2424", "05/28", "649", "3-D Secure without a code"),
    ("4444 4444 4444 4422", "12/34", "123", "declined, action code 913"),
)


def print_banner(settings: Settings, address: str, data: str, took_seconds: float) -> None:
    """Print the gateway's addresses; in the sandbox also the demo credentials and examples.

    All lines are written at once: a program that finds the first in the log finds the others too.
    """
    facts_of = _sandbox if settings.sandbox else _production
    facts = facts_of(settings, address, f"{data}; keys in {settings.keys}")
    mode = "sandbox, no money moves" if settings.sandbox else "production"
    title = Text(f"Altyn {__version__} is ready", "bold green")
    lines = [title.append(f": {mode}. Started in {took_seconds:.1f} s.\n", "not bold default")]
    for name, values in facts:
        for number, value in enumerate(values):
            label = Text(f"  {name if number == 0 else '':<9} ", "cyan")
            lines.append(label.append(value, "default"))
    console().print(Text("\n").join([*lines, Text()]), soft_wrap=True)
    sys.stdout.flush()


def print_ready_as_json(settings: Settings, address: str) -> None:
    """Print the gateway's addresses as one line of JSON; in the sandbox also the credentials."""
    public = settings.public_url or address
    demo = {
        "userName": DEMO_API_LOGIN,
        "password": DEMO_PASSWORD,
        "token": DEMO_TOKEN,
        "callbackKey": DEMO_CALLBACK_KEY,
    }
    print_json_line(
        {
            "address": public,
            "rest": f"{public}/payment/rest/",
            "wsdl": f"{public}/payment/webservices/merchant-ws?wsdl",
            "home": str(settings.home),
            "pid": os.getpid(),
            **(demo if settings.sandbox else {}),
        }
    )


def print_stopped(settings: Settings, *, fresh: bool) -> None:
    """Print that the gateway has stopped, and where the data are."""
    if fresh:
        data = "Its data are deleted."
    elif settings.database_url is None:
        data = f"The data are kept in {settings.home}; `altyn serve` starts it again."
    else:
        data = "The data are kept in its database; `altyn serve` starts it again."
    print_line(f"\nAltyn has stopped. {data}")


def _sandbox(settings: Settings, address: str, data: str) -> Sequence[tuple[str, Sequence[str]]]:
    public = settings.public_url or address
    return (
        ("Console", [f"{public}/   in a browser: test orders, cards, the clock"]),
        (
            "Account",
            [f"{public}/mportal3   {DEMO_OWNER_LOGIN} or {DEMO_OPERATOR_LOGIN}, {DEMO_PASSWORD}"],
        ),
        ("Gateway", [f"{public}/payment/rest/", f"{public}/payment/webservices/merchant-ws?wsdl"]),
        ("API", [f"userName={DEMO_API_LOGIN}  password={DEMO_PASSWORD}   or   token={DEMO_TOKEN}"]),
        ("Page", [f"{public}/payment/merchants/{DEMO_LOGIN}/payment_ru.html?mdOrder=…"]),
        ("Cards", [*(" · ".join(card) for card in CARDS), "`altyn cards` lists all test cards"]),
        ("Try", _first_commands(public)),
        (
            "Callbacks",
            [
                "altyn callbacks listen   receives and prints them, and shows how to send them",
                f"they are signed with the key {DEMO_CALLBACK_KEY}",
            ],
        ),
        (
            "Time",
            ["altyn clock advance 7d   moves the gateway's clock and runs all due actions"],
        ),
        *_second_terminal(settings),
        ("Data", [data]),
        ("Stop", ["Ctrl-C, or in a second terminal: altyn stop"]),
    )


def _second_terminal(settings: Settings) -> Sequence[tuple[str, Sequence[str]]]:
    """What a second terminal needs before it can run the commands; nothing if it needs nothing."""
    lines = []
    if sys.prefix != sys.base_prefix:
        lines.append(f"source {shlex.quote(_from_here(Path(sys.prefix) / 'bin' / 'activate'))}")
    default = Settings()
    if (settings.port, settings.home) != (default.port, default.home):
        home = shlex.quote(str(settings.home))
        lines += [f"export ALTYN_HOME={home}", f"export ALTYN_PORT={settings.port}"]
    return [("Terminal", ["a second one needs:", *lines])] if lines else []


def _from_here(path: Path) -> str:
    """The path, relative to the current folder if it is inside it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


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
