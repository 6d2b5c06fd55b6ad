"""`altyn callbacks listen`: receives callbacks, shows each one and checks its checksum.

A developer sees what a shop will receive before the shop is ready, and what the gateway does when
the shop is slow, fails or does not answer.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.callbacks.verification_keys import find_keys
from altyn.cli.callbacks.verify import Certificate, Key, MerchantOption, print_verdict
from altyn.cli.dates import in_moscow
from altyn.cli.durations import describe
from altyn.cli.environment import gateway_address, reachable_address, read_settings
from altyn.cli.escaping import visible
from altyn.cli.output import CommandError, JsonFlag, print_json_line, print_line

if TYPE_CHECKING:
    from altyn.cli.callbacks.receiver import Behaviour, ReceivedRequest, Receiver

STATUS_MIN: Final = 200
STATUS_MAX: Final = 599
DEMO: Final = "test"  # a copy of DEMO_LOGIN, so that `--help` does not load the storage
SAME_TIME: Final = timedelta(seconds=2)
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
    merchant: MerchantOption = None,
    key: Key = None,
    certificate: Certificate = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Receive callbacks: show each, check its checksum, and answer 200 or as --fail selects."""
    from altyn.cli.callbacks.receiver import Receiver
    from altyn.cli.sandbox.clock_client import gateway_time

    behaviour = read_behaviour(fail, times=times, seconds=seconds)
    keys = find_keys(merchant, key, certificate)
    show = print_request_as_json if as_json else print_request
    make_receiver = partial(
        Receiver,
        keys.check,
        show,
        behaviour=behaviour,
        gateway_time=partial(gateway_time, gateway_address(read_settings())),
        host=host,
        port=port,
    )

    def introduce(address: str) -> None:
        if as_json:
            print_json_line({"address": address})
        else:
            _print_introduction(address, keys.words, merchant or DEMO)

    with suppress(KeyboardInterrupt):
        asyncio.run(_listen(make_receiver, introduce, host=host, port=port))


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
    make_receiver: "Callable[[], Receiver]",
    introduce: Callable[[str], None],
    *,
    host: str,
    port: int,
) -> None:
    receiver = make_receiver()
    try:
        async with receiver:
            introduce(f"{reachable_address(host, receiver.port)}/cb")
            await asyncio.Event().wait()
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}, port {port} ({error.strerror}). Choose another port with "
            "--port; 0 takes any free port."
        ) from None


def _print_introduction(address: str, keys: str, merchant: str) -> None:
    print_line(f"Listening at {address}. Callbacks are checked with {keys}.")
    print_line(
        f"To send callbacks here: altyn merchant set {merchant} callbacks.urls={address}",
    )
    print_line("Ctrl-C stops the command.\n", "dim")


def print_request(request: "ReceivedRequest") -> None:
    """Print one request: its address, both times, its parameters, the verdict, and the answer.

    The query is left out where the parameters and the verdict have all of it: when the checksum is
    right. The verdict shows the checksum.
    """
    right = request.verdict is not None and request.verdict.right
    address = request.address.partition("?")[0] if right else request.address
    print_line(f"#{request.number}  {request.method} {visible(address)}", "bold")
    for line in _time_lines(request):
        _print(line)
    if request.callback is not None:
        shown = {
            visible(name): visible(value)
            for name, value in request.callback.parameters.items()
            if name != "checksum"
        }
        width = max(map(len, shown), default=0)
        for name, value in shown.items():
            _print(f"{name:<{width}}  {value}")
    if request.verdict is not None:
        print_verdict(request.verdict, _INDENT)
    if request.problem:
        _print(request.problem)
    _print(f"answer    {request.behaviour.words}\n")


def _time_lines(request: "ReceivedRequest") -> Iterator[str]:
    """The real time, then the gateway's; the sandbox's clock may be days ahead."""
    yield f"received  {in_moscow(request.at)} (Moscow, real time)"
    if request.gateway_at is not None:
        ahead = request.gateway_at - request.at
        offset = f"{describe(ahead)} ahead" if ahead > SAME_TIME else "the same"
        yield f"gateway   {in_moscow(request.gateway_at)} (Moscow, the gateway's clock: {offset})"


def print_request_as_json(request: "ReceivedRequest") -> None:
    """Print one request as JSON on a line; dates are ISO 8601, UTC."""
    from altyn.inbound.sandbox.callback_members import verdict_members

    gateway_at = request.gateway_at
    print_json_line(
        {
            "number": request.number,
            "receivedAt": request.at.isoformat(timespec="milliseconds"),
            "gatewayTime": gateway_at.isoformat(timespec="milliseconds") if gateway_at else None,
            "method": request.method,
            "address": request.address,
            "parameters": dict(request.callback.parameters) if request.callback else None,
            "verdict": verdict_members(request.verdict) if request.verdict else None,
            "problem": request.problem or None,
            "answer": request.behaviour.words,
        }
    )


def _print(line: str) -> None:
    print_line(f"{_INDENT}{line}")
