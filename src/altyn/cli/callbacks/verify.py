"""`altyn callbacks verify`: checks the checksum of a callback and names the mistake."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from altyn.cli.callbacks.verification_keys import find_keys
from altyn.cli.escaping import visible
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line

if TYPE_CHECKING:
    from altyn.diagnostics.checksum_verdict import Checked, Verdict
    from altyn.diagnostics.received_callback import Received

MerchantOption = Annotated[
    str | None,
    typer.Option("--merchant", help="Shop whose keys are used; default: the demo shop."),
]
Key = Annotated[str | None, typer.Option(help="A shared key, instead of a shop's.")]
Certificate = Annotated[Path | None, typer.Option(help="PEM file: certificate or public key.")]


def verify(
    text: Annotated[
        str, typer.Argument(help="The received address (in quotes) or body; -: standard input.")
    ],
    merchant: MerchantOption = None,
    key: Key = None,
    certificate: Certificate = None,
    computed: Annotated[
        str | None, typer.Option(help="Checksum from your code; the mistake in it is named.")
    ] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Check a callback's checksum and name the mistake; exit code 0 if right, 1 if wrong."""
    received = read_text(sys.stdin.read() if text == "-" else text)
    keys = find_keys(merchant, key, certificate)
    verdict = keys.check(received, computed)
    if as_json:
        from altyn.inbound.sandbox.callback_members import verdict_members

        print_json(verdict_members(verdict))
    else:
        print_line(f"Checked with {keys.words}.", "dim")
        print_verdict(verdict)
    if verdict.received is None and len(received.pairs) == 1 and text != "-" and not as_json:
        print_line(
            "Only one parameter was given. Put the address in quotes; without them the shell cuts "
            "it at the first &."
        )
    if not verdict.right:
        raise typer.Exit(1)


def read_text(text: str) -> "Received":
    """The callback in a text. Refuses with CommandError: a text that is not a callback."""
    from altyn.diagnostics.received_callback import UnreadableCallbackError, read_received

    try:
        return read_received(text)
    except UnreadableCallbackError as error:
        raise CommandError(str(error)) from None


def print_verdict(verdict: "Verdict", indent: str = "") -> None:
    """Print the verdict: first right or wrong, then the details."""
    word, colour = ("right", "green") if verdict.right else ("wrong", "red")
    print_line(f"{indent}{word}", f"bold {colour}")
    for line in verdict_lines(verdict):
        print_line(f"{indent}{line}")


def verdict_lines(verdict: "Verdict") -> Iterator[str]:
    """The signed text, its checksum, and the mistakes in the received and the computed checksum."""
    yield f"signed    {visible(verdict.signed)}"
    received_right = verdict.received is not None and verdict.received.right
    if verdict.expected is not None and not received_right:
        yield f"checksum  {verdict.expected}"
    if own := ", ".join(verdict.own_query):
        yield f"not ours  {visible(own)}: part of the shop's own address, not signed"
    if verdict.received is None and verdict.computed is None:
        yield from _explanation(verdict.mistakes[0].happened, verdict.mistakes[0].remedy)
    if verdict.received is not None:
        what = "checksum" if received_right else "received"
        yield from _checked(what, verdict.received, verdict, in_transit=True)
    if verdict.computed is not None:
        yield from _checked("computed", verdict.computed, verdict, in_transit=False)


def _checked(
    what: str, checked: "Checked", verdict: "Verdict", *, in_transit: bool
) -> Iterator[str]:
    yield f"{what}  {visible(checked.checksum)}, {'right' if checked.right else 'wrong'}"
    for mistake in checked.mistakes:
        happened = (in_transit and mistake.altered) or mistake.happened
        yield from _explanation(happened, mistake.remedy)
    if checked.made_of not in {None, verdict.signed}:
        yield f"  Made from {visible(checked.made_of or '')}"


def _explanation(happened: str, remedy: str) -> Iterator[str]:
    yield f"  Why       {happened}"
    yield f"  Remedy    {remedy}"
