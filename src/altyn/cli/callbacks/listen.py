"""`altyn callbacks listen`: a place to send callbacks to, where each is shown and judged.

It exists so that a developer sees what a shop will get before the shop can get it, and how the
gateway goes on when the shop is slow, broken or away.
"""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.callbacks.proofs import find_proofs
from altyn.cli.callbacks.verify import Certificate, Key, Shop, print_verdict, visible
from altyn.cli.dates import in_moscow
from altyn.cli.environment import reachable_address
from altyn.cli.output import CommandError, console

if TYPE_CHECKING:
    from altyn.cli.callbacks.proofs import Proofs
    from altyn.cli.callbacks.receiver import Answering, Arrival

STATUS_MIN: Final = 200
STATUS_MAX: Final = 599
DEMO: Final = "test"  # named here too, so that asking for help loads no storage
_INDENT: Final = "  "


def listen(
    port: Annotated[int, typer.Option(help="0 takes any free one.", min=0, max=65535)] = 9090,
    host: Annotated[str, typer.Option(help="0.0.0.0 listens to other machines too.")] = "127.0.0.1",
    fail: Annotated[
        str, typer.Option(help="How to answer: ok, a status (500), slow, or drop.")
    ] = "ok",
    times: Annotated[
        int | None, typer.Option(help="Fail only the first so many, then answer 200.", min=1)
    ] = None,
    seconds: Annotated[float, typer.Option(help="How long `slow` waits.", min=0)] = 30,
    shop: Shop = None,
    key: Key = None,
    certificate: Certificate = None,
) -> None:
    """Receive callbacks: show each, judge its checksum, answer 200 or fail as told."""
    answering = read_answering(fail, times=times, seconds=seconds)
    proofs = find_proofs(shop, key, certificate)
    with suppress(KeyboardInterrupt):
        asyncio.run(_listen(proofs, answering, host=host, port=port, shop=shop or DEMO))


def read_answering(fail: str, *, times: int | None, seconds: float) -> "Answering":
    """How to answer, in words. Refuses with CommandError: another word, no status of HTTP."""
    from altyn.cli.callbacks.receiver import Answering

    word = fail.strip().lower()
    if word == "ok":
        return Answering()
    if word == "slow":
        return Answering(pause_seconds=seconds, times=times)
    if word == "drop":
        return Answering(drops=True, times=times)
    if word.isdecimal() and STATUS_MIN <= int(word) <= STATUS_MAX:
        return Answering(status=int(word), times=times)
    raise CommandError(
        f"--fail takes ok, slow, drop, or a status from {STATUS_MIN} to {STATUS_MAX}, not {fail!r}."
    )


async def _listen(
    proofs: "Proofs", answering: "Answering", *, host: str, port: int, shop: str
) -> None:
    from altyn.cli.callbacks.receiver import Receiver

    receiver = Receiver(proofs.judge, print_arrival, answering=answering, host=host, port=port)
    try:
        async with receiver:
            address = f"{reachable_address(host, receiver.port)}/cb"
            _tell_beginning(address, proofs.words, shop)
            await asyncio.Event().wait()
    except OSError as error:
        raise CommandError(
            f"Nothing can listen at {host}, port {port} ({error.strerror}). Choose another with "
            "--port; 0 takes any free one."
        ) from None


def _tell_beginning(address: str, proofs: str, shop: str) -> None:
    console().print(f"Listening at {address}; checked with {proofs}.", soft_wrap=True)
    console().print(
        f"To have them sent here: altyn merchant set {shop} callbacks.urls={address}",
        soft_wrap=True,
        markup=False,
    )
    console().print("Ctrl-C ends.\n", style="dim")


def print_arrival(arrival: "Arrival") -> None:
    """One request for a person: when and what, its parameters, the verdict, the answer."""
    console().print(
        f"{in_moscow(arrival.at)}  #{arrival.number}  {arrival.method} {visible(arrival.address)}",
        style="bold",
        markup=False,
        soft_wrap=True,
    )
    if arrival.received is not None:
        parameters = arrival.received.parameters
        width = max(map(len, map(visible, parameters)))
        for name, value in parameters.items():
            _say(f"{visible(name):<{width}}  {visible(value)}")
    if arrival.verdict is not None:
        print_verdict(arrival.verdict, _INDENT)
    if arrival.problem:
        _say(arrival.problem)
    _say(f"answer    {arrival.answer.words}\n")


def _say(line: str) -> None:
    console().print(f"{_INDENT}{line}", markup=False, soft_wrap=True)
