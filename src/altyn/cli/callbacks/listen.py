"""`altyn callbacks listen`: receives callbacks, shows each one and checks its checksum.

A developer sees what a shop will receive before the shop is ready, and what the gateway does when
the shop is slow, fails or does not answer.
"""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.callbacks.verification_keys import find_keys
from altyn.cli.callbacks.verify import Certificate, Key, Shop, print_verdict, visible
from altyn.cli.dates import in_moscow
from altyn.cli.environment import reachable_address
from altyn.cli.output import CommandError, console

if TYPE_CHECKING:
    from altyn.cli.callbacks.receiver import Behaviour, ReceivedRequest
    from altyn.cli.callbacks.verification_keys import VerificationKeys

STATUS_MIN: Final = 200
STATUS_MAX: Final = 599
DEMO: Final = "test"  # a copy of DEMO_LOGIN, so that `--help` does not load the storage
_INDENT: Final = "  "


def listen(
    port: Annotated[int, typer.Option(help="Port; 0: any free port.", min=0, max=65535)] = 9090,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0: also for other machines.")
    ] = "127.0.0.1",
    fail: Annotated[
        str, typer.Option(help="How to answer: ok, a status (500), slow, or drop.")
    ] = "ok",
    times: Annotated[
        int | None, typer.Option(help="Fail only this many requests, then answer 200.", min=1)
    ] = None,
    seconds: Annotated[float, typer.Option(help="Seconds that `slow` waits.", min=0)] = 30,
    shop: Shop = None,
    key: Key = None,
    certificate: Certificate = None,
) -> None:
    """Receive callbacks: show each, check its checksum, and answer 200 or as --fail selects."""
    behaviour = read_behaviour(fail, times=times, seconds=seconds)
    keys = find_keys(shop, key, certificate)
    with suppress(KeyboardInterrupt):
        asyncio.run(_listen(keys, behaviour, host=host, port=port, shop=shop or DEMO))


def read_behaviour(fail: str, *, times: int | None, seconds: float) -> "Behaviour":
    """The behaviour that `--fail` names. Refuses with CommandError: another word or number."""
    from altyn.cli.callbacks.receiver import Behaviour

    word = fail.strip().lower()
    if word == "ok":
        return Behaviour()
    if word == "slow":
        return Behaviour(pause_seconds=seconds, times=times)
    if word == "drop":
        return Behaviour(drops=True, times=times)
    if word.isdecimal() and STATUS_MIN <= int(word) <= STATUS_MAX:
        return Behaviour(status=int(word), times=times)
    raise CommandError(
        f"--fail takes ok, slow, drop, or a status from {STATUS_MIN} to {STATUS_MAX}, not {fail!r}."
    )


async def _listen(
    keys: "VerificationKeys", behaviour: "Behaviour", *, host: str, port: int, shop: str
) -> None:
    from altyn.cli.callbacks.receiver import Receiver

    receiver = Receiver(keys.check, print_request, behaviour=behaviour, host=host, port=port)
    try:
        async with receiver:
            address = f"{reachable_address(host, receiver.port)}/cb"
            _print_introduction(address, keys.words, shop)
            await asyncio.Event().wait()
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}, port {port} ({error.strerror}). Choose another port with "
            "--port; 0 takes any free port."
        ) from None


def _print_introduction(address: str, keys: str, shop: str) -> None:
    console().print(f"Listening at {address}. Callbacks are checked with {keys}.", soft_wrap=True)
    console().print(
        f"To send callbacks here: altyn merchant set {shop} callbacks.urls={address}",
        soft_wrap=True,
        markup=False,
    )
    console().print("Ctrl-C stops the command.\n", style="dim")


def print_request(request: "ReceivedRequest") -> None:
    """Print one request: its time, address and parameters, the verdict, and the answer."""
    console().print(
        f"{in_moscow(request.at)}  #{request.number}  {request.method} {visible(request.address)}",
        style="bold",
        markup=False,
        soft_wrap=True,
    )
    if request.callback is not None:
        parameters = request.callback.parameters
        width = max(map(len, map(visible, parameters)))
        for name, value in parameters.items():
            _print(f"{visible(name):<{width}}  {visible(value)}")
    if request.verdict is not None:
        print_verdict(request.verdict, _INDENT)
    if request.problem:
        _print(request.problem)
    _print(f"answer    {request.behaviour.words}\n")


def _print(line: str) -> None:
    console().print(f"{_INDENT}{line}", markup=False, soft_wrap=True)
