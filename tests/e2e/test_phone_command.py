"""`altyn phone`: the messages of a simulated phone on the command line, and the answers to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from tests.e2e.command import DEMO, CommandResult, Gateway, serving

pytestmark = pytest.mark.slow


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
