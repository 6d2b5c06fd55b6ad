"""`altyn phone`: the messages of a simulated phone, and the answers to them."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from altyn.cli.output import CommandError, JsonFlag, print_json, print_line

if TYPE_CHECKING:
    from altyn.cli.sandbox.phone_client import PhoneClient

DECLINED: Final = 3  # the exit codes of `altyn pay`
PROCESSING: Final = 8
RESULTS: Final = {
    "approved": ("Confirmed; the bank has moved the money.", "green", 0),
    "processing": ("Confirmed; the bank has not moved the money yet.", "yellow", PROCESSING),
    "declined": ("Confirmed, and declined by the bank.", "red", DECLINED),
}
ENDS: Final = {
    "elsewhere": "the newest one was answered on another phone",
    "withdrawn": "for the newest one the payer has chosen another way to pay",
    "cancelled": "the shop has cancelled the order of the newest one",
    "expired": "the time of the newest one is over",
}
"""Why a message is over, by its member `end`."""


class PhoneCommand(StrEnum):
    """What to do with a phone."""

    LIST = "list"
    CONFIRM = "confirm"
    REFUSE = "refuse"


def phone(
    number: Annotated[str, typer.Argument(help="The phone number: 79998887766.")],
    command: Annotated[PhoneCommand, typer.Argument(help="What to do.")] = PhoneCommand.LIST,
    message: Annotated[
        str | None, typer.Option(help="A message's id; default: the newest that can be answered.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of the gateway.")] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """List the messages of a simulated phone, confirm a payment on it, or refuse it.

    Exit code 0: done. 3: confirmed, and declined by the bank.
    8: confirmed, and the bank has not moved the money yet. 1: any error.
    """
    from altyn.cli.sandbox.phone_client import PhoneClient

    client = PhoneClient(number, url)
    if command is not PhoneCommand.LIST:
        chosen = message or _newest_open(client)
        _answer(client, chosen, command, as_json=as_json)
        return
    if message is not None:
        raise CommandError("--message belongs to confirm and refuse; `list` lists all messages.")
    members = client.messages()
    if as_json:
        print_json(members)
    else:
        _print_list(members)


def _newest_open(client: "PhoneClient") -> str:
    """The id of the newest message that can be answered. Refuses with CommandError: there is
    none."""
    members = client.messages()
    waiting = [each for each in members["messages"] if each["actions"]]
    if not waiting:
        raise CommandError(
            f"No message on +{members['phone']} can be answered now{_end_of_newest(members)}. "
            f"`altyn phone {members['phone']}` lists its messages; begin a payment with this phone "
            "first."
        )
    return str(waiting[-1]["id"])


def _end_of_newest(members: dict[str, Any]) -> str:
    """Why the newest message is over; empty where the phone has answered it, or it has no end."""
    newest = members["messages"][-1] if members["messages"] else {}
    end = ENDS.get(newest.get("end", ""), "")
    return f": {end} ({newest['orderId']})" if end else ""


def _answer(client: "PhoneClient", message_id: str, action: PhoneCommand, *, as_json: bool) -> None:
    answer = client.answer(message_id, action.value)
    text, style, exit_code = RESULTS.get(answer["result"], ("Confirmed.", None, 0))
    if action is PhoneCommand.REFUSE:
        text, style, exit_code = "Refused; no money moves.", None, 0
    if as_json:
        print_json(answer)
    else:
        print_line(answer["text"])
        print_line(text, style)
        print_line(f"Order {answer['orderId']}.")
        if "returnUrl" in answer:
            print_line(f"The bank's app takes the payer to {answer['returnUrl']}")
    if exit_code:
        raise typer.Exit(exit_code)


def _print_list(members: dict[str, Any]) -> None:
    from datetime import datetime

    from altyn.cli.columns import Cell, headers, print_records
    from altyn.cli.dates import in_moscow

    if not members["messages"]:
        print_line(f"No message on +{members['phone']} yet.")
        return
    names = [headers("at", "kind", "answer", "order"), headers("id"), headers("text")]
    records = [
        [
            [
                Cell(in_moscow(datetime.fromisoformat(each["at"]))),
                Cell(each["kind"]),
                Cell(*_state(each)),
                Cell(each["orderId"] or ""),
            ],
            [Cell(each["id"], "dim")],
            [Cell(each["text"])],
        ]
        for each in reversed(members["messages"])
    ]
    print_records(names, records)


def _state(message: dict[str, Any]) -> tuple[str, str]:
    """What can be done with a message, or what was done; and its colour."""
    if message["actions"]:
        return "waits", "yellow"
    return str(message.get("answer") or message.get("end", "")), ""
