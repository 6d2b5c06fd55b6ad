"""`altyn cards`: the test cards of the sandbox, and the result of a payment with each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.output import CommandError, JsonFlag, console, print_json, print_line

if TYPE_CHECKING:
    from altyn.protocol.test_cards import TestCard

_ACTION_CODE_MAX: Final = 999_999


def cards(
    action_code: Annotated[
        int | None, typer.Option(help="Only the card whose payment ends with this action code.")
    ] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """List the test cards. `any` means any CVC, or any expiry in the future."""
    from altyn.protocol import test_cards

    if action_code is not None:
        _for_action_code(action_code, as_json=as_json)
        return
    groups = (
        ("Common cards", test_cards.CLASSIC),
        ("3-D Secure 2", test_cards.SECOND),
        ("For tests of a whole shop", test_cards.ECOM),
        ("Failures of the bank or of 3-D Secure", test_cards.FAULTS),
        ("One card per action code: altyn cards --action-code N", test_cards.BY_ACTION_CODE),
    )
    if as_json:
        print_json([card_facts(card, group) for group, members in groups for card in members])
        return
    for title, members in groups:
        _print_group(title, members)


def _for_action_code(code: int, *, as_json: bool) -> None:
    from altyn.protocol.test_cards import card_for_action_code, lookup

    if abs(code) > _ACTION_CODE_MAX:
        raise CommandError(f"An action code has at most six digits; {code} has more.")
    pan = card_for_action_code(code)
    card = lookup(pan, tds_version="1")
    assert card is not None, "the number was generated for this table"
    if as_json:
        print_json([card_facts(card, "action code")])
    else:
        print_line(f"{pan}  action code {code}: {card.note}")


def card_facts(card: "TestCard", group: str) -> dict[str, object]:
    """The card as a JSON object, with the names of the sandbox's HTTP API."""
    return {
        "group": group,
        "pan": card.pan,
        "expiry": card.expiry.wire if card.expiry else None,
        "cvc": card.cvc,
        "system": card.system,
        "actionCode": card.action_code,
        "acsCode": card.acs_code,
        "what": what_happens(card),
        "source": card.source,
    }


def what_happens(card: "TestCard") -> str:
    """The card's behaviour in a few words: its 3-D Secure steps, then the result."""
    parts = [_three_d_secure(card), _result(card), card.note]
    return "; ".join(part for part in parts if part)


def _three_d_secure(card: "TestCard") -> str:
    from altyn.protocol.threeds import VeRes

    if card.tds_unreachable:
        return "3-D Secure does not answer"
    if card.acs_code:
        version = "2" if card.protocol == "tds2" else "1"
        return f"3-D Secure {version}, code {card.acs_code}"
    if card.tds1 is VeRes.ENROLLED:
        return "3-D Secure 1 without a code"
    if card.tds1 is VeRes.UNKNOWN:
        return "3-D Secure 1, enrolment unknown"
    if card.protocol == "tds2" and card.tds2 is not None:
        return f"3-D Secure 2, {card.tds2.value}"
    return "no 3-D Secure"


def _result(card: "TestCard") -> str:
    return "" if card.fault else "approved" if card.action_code == 0 else f"code {card.action_code}"


def _print_group(title: str, members: Sequence["TestCard"]) -> None:
    from rich.table import Table

    from altyn.look.words import card_number_text

    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in ("Card number", "Expiry", "CVC", "What happens"):
        table.add_column(name, header_style="dim", no_wrap=name != "What happens")
    for card in members:
        expiry = f"{card.expiry.month:02}/{card.expiry.year % 100:02}" if card.expiry else "any"
        table.add_row(card_number_text(card.pan), expiry, card.cvc or "any", what_happens(card))
    console().print(table)
    console().print()
