"""`altyn phone`: the messages of a simulated phone on the command line, and the answers to them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import pytest

from altyn.protocol.test_phones import TEST_PHONES
from tests.e2e.command import COMMAND_SECONDS, DEMO, CommandResult, Gateway, serving
from tests.e2e.page_commands import ROOT

pytestmark = pytest.mark.slow

PAGE: Final = ROOT / "docs" / "how-to" / "simulated-phone.md"
PRINTED: Final = "push 150000 approved\n"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(tmp_path_factory.mktemp("phone") / "home") as running:
        yield running


def begin(gateway: Gateway, phone: str, number: str) -> str:
    """Register an order, and choose SberPay on its payment page; its id."""
    order_id = str(gateway.register(orderNumber=number)["orderId"])
    fields = {"MDORDER": order_id, "paymentWay": "SBRF_SBOL", "sberPayPhone": phone}
    gateway.call("processform.do", **{**dict.fromkeys(DEMO, ""), **fields})
    return order_id


def phone(gateway: Gateway, *words: str) -> CommandResult:
    return gateway.run("phone", *words)


def test_newest_open_message_is_confirmed_and_then_there_is_none(gateway: Gateway) -> None:
    older = begin(gateway, "79990000401", "P-1")
    newer = begin(gateway, "79990000401", "P-2")

    listed = phone(gateway, "8 (999) 000-04-01")
    done = phone(gateway, "9990000401", "confirm")

    assert (listed.code, listed.err) == (0, "")
    assert listed.out.index("P-2") < listed.out.index("P-1")
    assert older in listed.out
    assert (done.code, done.err) == (0, "")
    assert "P-2" in done.out
    assert "Confirmed; the bank has moved the money." in done.out
    assert gateway.status(newer)["orderStatus"] == 2
    assert gateway.status(older)["orderStatus"] == 0
    assert phone(gateway, "79990000401", "refuse").out.splitlines()[1].startswith("Refused")
    assert gateway.status(older)["actionCode"] == 5
    none = phone(gateway, "79990000401", "confirm")
    assert (none.code, none.out) == (1, "")
    assert "No message on +79990000401 can be answered now" in none.err


def test_message_that_the_shop_withdrew_is_explained(gateway: Gateway) -> None:
    order = begin(gateway, "79990000403", "P-25")
    gateway.call("decline.do", orderId=order)
    none = phone(gateway, "79990000403", "confirm")
    assert none.code == 1
    assert "the shop has cancelled the order of the newest one" in " ".join(none.err.split())
    assert "cancelled" in phone(gateway, "79990000403").out


def test_message_is_chosen_by_its_id_and_everything_is_json(gateway: Gateway) -> None:
    older = begin(gateway, "79990000402", "P-3")
    begin(gateway, "79990000402", "P-4")
    members = json.loads(phone(gateway, "79990000402", "list", "--json").out)
    with urlopen(f"{gateway.address}/sandbox/phones/79990000402/messages", timeout=30) as answer:  # noqa: S310
        assert members == json.load(answer)

    chosen = members["messages"][0]["id"]
    done = phone(gateway, "79990000402", "confirm", "--message", chosen, "--json")

    answered = json.loads(done.out)
    assert (answered["orderId"], answered["result"]) == (older, "approved")
    assert gateway.status(older)["orderStatus"] == 2
    again = phone(gateway, "79990000402", "confirm", "--message", chosen)
    assert again.code == 1
    assert "answered before (confirm)" in " ".join(again.err.split())


def test_declined_confirmation_has_its_exit_code(gateway: Gateway) -> None:
    begin(gateway, "79990000002", "P-5")
    done = phone(gateway, "79990000002", "confirm")
    assert done.code == 3
    assert "declined by the bank" in done.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("12345",), "not a Russian phone number"),
        (("79990000403", "confirm"), "No message on +79990000403"),
        (("79990000403", "confirm", "--message", "7"), "no message '7'"),
        (("79990000403", "--message", "7"), "--message belongs to confirm and refuse"),
        (("79990000403", "--url", "http://127.0.0.1:9"), "No gateway answers"),
    ],
)
def test_wrong_command_is_explained(
    gateway: Gateway, words: tuple[str, ...], expected: str
) -> None:
    done = phone(gateway, *words)
    assert (done.code, done.out) == (1, "")
    assert expected in " ".join(done.err.split())


def test_quiet_phone_has_no_messages(gateway: Gateway) -> None:
    assert phone(gateway, "79990000404").out == "No message on +79990000404 yet.\n"


def test_python_example_of_the_page_confirms_a_push(gateway: Gateway, tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    found = re.search(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    program = tmp_path / "shop.py"
    program.write_text(found[1].replace("http://127.0.0.1:8080", gateway.address))

    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, check=False,
        timeout=COMMAND_SECONDS,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, PRINTED), done.stderr
    assert f"It prints `{PRINTED.strip()}`." in text


def test_page_has_every_special_number_and_the_members_of_a_message(gateway: Gateway) -> None:
    text = PAGE.read_text("utf-8")
    assert set(re.findall(r"^\| ([0-9]{4}) \|", text, re.MULTILINE)) == {
        each.ending for each in TEST_PHONES
    }
    begin(gateway, "79990000406", "P-6")
    [message] = json.loads(phone(gateway, "79990000406", "--json").out)["messages"]
    found = re.search(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["messages"][0].keys() == message.keys()
