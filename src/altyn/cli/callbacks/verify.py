"""`altyn callbacks verify`: is the checksum of this callback right, and if not, why.

It exists because a checksum that does not match says nothing about the mistake; this does.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from altyn.cli.callbacks.proofs import find_proofs
from altyn.cli.output import CommandError, console

if TYPE_CHECKING:
    from altyn.diagnostics.checksum_verdict import Checked, Verdict
    from altyn.diagnostics.received_callback import Received

Shop = Annotated[
    str | None, typer.Option(help="Whose key and certificates; by default the demo shop's.")
]
Key = Annotated[str | None, typer.Option(help="The shared key itself.")]
Certificate = Annotated[Path | None, typer.Option(help="A PEM file: certificate or public key.")]


def verify(
    text: Annotated[
        str, typer.Argument(help="The address (in quotes) or body that was received; - for stdin.")
    ],
    shop: Shop = None,
    key: Key = None,
    certificate: Certificate = None,
    computed: Annotated[
        str | None, typer.Option(help="The checksum your own code computed: what it did wrong.")
    ] = None,
) -> None:
    """Check a callback's checksum and name the mistake; exit code 0 right, 1 wrong."""
    received = read_text(sys.stdin.read() if text == "-" else text)
    proofs = find_proofs(shop, key, certificate)
    verdict = proofs.judge(received, computed)
    console().print(f"Checked with {proofs.words}.", style="dim")
    print_verdict(verdict)
    if verdict.received is None and len(received.pairs) == 1 and text != "-":
        console().print(
            "Only one parameter arrived here: put the address in quotes, the shell cuts it at &.",
            soft_wrap=True,
        )
    if not verdict.right:
        raise typer.Exit(1)


def read_text(text: str) -> "Received":
    """The callback in a text. Refuses with CommandError what is none."""
    from altyn.diagnostics.received_callback import UnreadableCallbackError, read_received

    try:
        return read_received(text)
    except UnreadableCallbackError as error:
        raise CommandError(str(error)) from None


def print_verdict(verdict: "Verdict", indent: str = "") -> None:
    """The verdict for a person, with the one word that matters first."""
    word, colour = ("right", "green") if verdict.right else ("wrong", "red")
    console().print(f"{indent}{word}", style=f"bold {colour}")
    for line in verdict_lines(verdict):
        console().print(f"{indent}{line}", markup=False, soft_wrap=True)


def verdict_lines(verdict: "Verdict") -> Iterator[str]:
    """What is signed, what its checksum is, and what is wrong with the ones there are."""
    yield f"signed    {visible(verdict.signed)}"
    if verdict.expected is not None:
        yield f"checksum  {verdict.expected}"
    if verdict.own:
        yield f"not ours  {visible(', '.join(verdict.own))}: of the shop's own address, not signed"
    if verdict.received is None and verdict.computed is None:
        yield from _told(verdict.mistakes[0].happened, verdict.mistakes[0].remedy)
    if verdict.received is not None:
        yield from _checked("received", verdict.received, verdict, on_the_way=True)
    if verdict.computed is not None:
        yield from _checked("computed", verdict.computed, verdict, on_the_way=False)


def _checked(
    what: str, checked: "Checked", verdict: "Verdict", *, on_the_way: bool
) -> Iterator[str]:
    yield f"{what}  {visible(checked.checksum)}, {'right' if checked.right else 'wrong'}"
    for mistake in checked.mistakes:
        happened = (on_the_way and mistake.altered) or mistake.happened
        yield from _told(happened, mistake.remedy)
    if checked.made_of not in {None, verdict.signed}:
        yield f"  Made of   {visible(checked.made_of or '')}"


def _told(happened: str, remedy: str) -> Iterator[str]:
    yield f"  Why       {happened}"
    yield f"  Remedy    {remedy}"


def visible(text: str) -> str:
    """A text from outside on one line, with nothing in it that would move a terminal's cursor."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )
