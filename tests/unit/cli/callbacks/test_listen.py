"""`altyn callbacks listen`: a real receiver on a free port, called by real requests."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import aiohttp
import pytest

from altyn.cli.callbacks.listen import print_request, print_request_as_json, read_behaviour
from altyn.cli.callbacks.receiver import Behaviour, ReceivedRequest, Receiver
from altyn.cli.callbacks.verification_keys import VerificationKeys
from altyn.cli.dates import in_moscow
from altyn.cli.output import CommandError
from altyn.protocol.dialects.classic.callbacks.checksum import canonical, symmetric

KEY = "sb-test-key-0001"
SENT = {"mdOrder": "5f0c", "orderNumber": "Заказ 7+1", "operation": "deposited", "status": "1"}
SIGNED = {**SENT, "checksum": symmetric(KEY, canonical(SENT))}
QUERY = urlencode(SIGNED, quote_via=quote)


@asynccontextmanager
async def listening(
    behaviour: Behaviour | None = None,
) -> AsyncIterator[tuple[str, list[ReceivedRequest]]]:
    """A receiver, its address, and what has arrived there."""
    arrived: list[ReceivedRequest] = []
    keys = VerificationKeys(owner="that was given", key=KEY)
    async with Receiver(keys.check, arrived.append, behaviour=behaviour) as receiver:
        yield f"http://127.0.0.1:{receiver.port}/cb", arrived


async def status_of(method: str, address: str, **more: object) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, address, **more) as answer,  # type: ignore[arg-type]
    ):
        return answer.status


async def test_callback_is_received_in_every_form() -> None:
    async with listening() as (address, arrived):
        statuses = [
            await status_of("GET", f"{address}?cms=1&{QUERY}"),
            await status_of("POST", f"{address}?cms=1", data=SIGNED),
            await status_of("POST", address, json={**SIGNED, "status": 1}),
        ]

    assert statuses == [200, 200, 200]
    assert [each.number for each in arrived] == [1, 2, 3]
    assert [each.method for each in arrived] == ["GET", "POST", "POST"]
    for each in arrived:
        assert each.callback is not None
        assert {**each.callback.parameters, "cms": "1"} == {**SIGNED, "cms": "1"}
        assert each.verdict is not None
        assert each.verdict.right
        assert each.verdict.signed == canonical(SENT)
    assert arrived[0].verdict is not None
    assert arrived[0].verdict.own_query == ("cms",)


async def test_wrong_checksum_is_shown_and_answered() -> None:
    async with listening() as (address, arrived):
        assert await status_of("GET", f"{address}?{QUERY.replace('status=1', 'status=0')}") == 200

    assert arrived[0].verdict is not None
    assert [mistake.name for mistake in arrived[0].verdict.mistakes] == ["result_changed"]


async def test_request_that_is_not_a_callback_is_shown_and_answered() -> None:
    async with listening() as (address, arrived):
        assert await status_of("GET", address) == 200
        assert await status_of("POST", address, data="{") == 200

    assert "not a callback" in arrived[0].problem
    assert "JSON is broken" in arrived[1].problem


async def test_receiver_fails_the_given_number_of_times() -> None:
    async with listening(Behaviour(status=503, times=2)) as (address, _):
        statuses = [await status_of("GET", f"{address}?{QUERY}") for _ in range(4)]

    assert statuses == [503, 503, 200, 200]


async def test_receiver_fails_without_end() -> None:
    async with listening(Behaviour(status=500)) as (address, _):
        assert [await status_of("GET", address) for _ in range(3)] == [500, 500, 500]


async def test_receiver_closes_the_connection_without_a_response() -> None:
    async with listening(Behaviour(drops=True, times=1)) as (address, arrived):
        with pytest.raises(aiohttp.ClientError):
            # POST: a client may repeat a GET without being asked to.
            await status_of("POST", address, data=SIGNED)
        assert await status_of("POST", address, data=SIGNED) == 200

    assert [each.behaviour.drops for each in arrived] == [True, False]


async def test_receiver_ends_while_a_response_waits() -> None:
    async with listening(Behaviour(pause_seconds=3600)) as (address, arrived):
        with pytest.raises(TimeoutError):
            await status_of("GET", address, timeout=aiohttp.ClientTimeout(total=0.2))
        assert len(arrived) == 1  # reported before it is answered

    assert arrived[0].behaviour.words == "200 after 3600 s"


async def test_a_short_pause_ends_with_200() -> None:
    async with listening(Behaviour(pause_seconds=0.01)) as (address, _):
        assert await status_of("GET", address) == 200


async def test_a_taken_port_is_refused() -> None:
    async with listening() as (address, arrived):
        port = int(address.split(":")[2].split("/")[0])
        second = Receiver(VerificationKeys(owner="", key=KEY).check, arrived.append, port=port)
        with pytest.raises(OSError, match="address already in use"):
            await second.__aenter__()


@pytest.mark.parametrize(
    ("word", "behaviour", "words"),
    [
        ("ok", Behaviour(), "200"),
        ("500", Behaviour(status=500, times=3), "500"),
        ("SLOW", Behaviour(pause_seconds=30, times=3), "200 after 30 s"),
        ("drop", Behaviour(drops=True, times=3), "connection closed without an answer"),
    ],
)
def test_failure_mode_is_read(word: str, behaviour: Behaviour, words: str) -> None:
    assert read_behaviour(word, times=3, seconds=30) == behaviour
    assert behaviour.words == words


@pytest.mark.parametrize("word", ["", "fast", "99", "600", "-1", "5xx"])
def test_unknown_failure_mode_is_refused(word: str) -> None:
    with pytest.raises(CommandError, match="--fail takes"):
        read_behaviour(word, times=None, seconds=30)


async def test_received_request_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    async with listening() as (address, arrived):
        await status_of("GET", f"{address}?{QUERY}&x=%1b%5Bred%5D")
        await status_of("GET", address)

    for each in arrived:
        print_request(each)

    statuses = capsys.readouterr().out
    assert "#1  GET /cb?mdOrder=5f0c" in statuses
    assert "  orderNumber  Заказ 7+1\n" in statuses
    assert "  x            \\x1b[red]\n" in statuses
    assert "  wrong\n" in statuses
    assert "were added after the signing" in statuses
    assert "  answer    200\n" in statuses
    assert "not a callback" in statuses


async def test_real_time_and_gateway_time_are_shown_apart_and_the_checksum_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arrived: list[ReceivedRequest] = []
    keys = VerificationKeys(owner="that was given", key=KEY)

    def in_a_week() -> datetime:
        return datetime.now(UTC) + timedelta(days=7)

    async with Receiver(keys.check, arrived.append, gateway_time=in_a_week) as receiver:
        await status_of("GET", f"http://127.0.0.1:{receiver.port}/cb?{QUERY}")
    print_request(arrived[0])

    output = capsys.readouterr().out
    assert f"received  {in_moscow(arrived[0].at)} (Moscow, real time)" in output
    gateway_at = arrived[0].gateway_at
    assert gateway_at is not None
    assert f"gateway   {in_moscow(gateway_at)} (Moscow, the gateway's clock: 7 days" in output
    assert output.count(SIGNED["checksum"]) == 1


async def test_received_request_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    async with listening() as (address, arrived):
        await status_of("GET", f"{address}?{QUERY}")
    print_request_as_json(arrived[0])

    members = json.loads(capsys.readouterr().out)
    assert members["parameters"] == SIGNED
    assert members["verdict"]["right"] is True


def test_the_command_listens_until_it_is_interrupted(tmp_path: Path) -> None:
    program = (
        "import typer; from altyn.cli.callbacks.listen import listen; "
        "app = typer.Typer(); app.command()(listen); app()"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALTYN_")}
    with subprocess.Popen(
        [sys.executable, "-u", "-c", program, "--port", "0", "--key", KEY],
        env={**kept, "ALTYN_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as listener:
        try:
            assert listener.stdout is not None
            first = listener.stdout.readline()
            address = re.search(r"http://\S+/cb", first)
            assert address, first
            with urlopen(f"{address[0]}?{QUERY}", timeout=60) as answer:  # noqa: S310 - our own
                assert answer.status == 200
            listener.send_signal(signal.SIGINT)
            statuses, wrong = listener.communicate(timeout=60)
        finally:
            listener.kill()

    assert (listener.returncode, wrong) == (0, "")
    assert "  right\n" in statuses
    assert KEY not in statuses
