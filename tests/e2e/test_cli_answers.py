"""What commands answer to programs (--json, exit codes), and to a name that does not exist."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.command import SHOP, Gateway, altyn, eventually, serving

pytestmark = pytest.mark.slow

CARD, DECLINED_CARD = "5555555555555599", "4444444444444422"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(tmp_path_factory.mktemp("answers") / "home") as running:
        yield running


def answer(gateway: Gateway, *words: str) -> dict[str, Any]:
    """The JSON that a command prints on success."""
    done = gateway.run(*words, "--json")
    assert (done.code, done.err) == (0, "")
    members: dict[str, Any] = json.loads(done.out)
    return members


def test_changes_of_a_shop_are_answered_as_json(gateway: Gateway) -> None:
    gateway.run("merchant", "add", "books", "Books")

    changed = answer(
        gateway, "merchant", "set", "books", "hold_days=3", "-two_phase",
        "callbacks.urls=http://127.0.0.1:9/cb", "callbacks.key=not-shown-here",
    )  # fmt: skip
    again = answer(gateway, "merchant", "set", "books", "hold_days=3")

    assert changed == {
        "merchantLogin": "books",
        "settings": {
            "hold_days": 3,
            "callbacks.urls": ["http://127.0.0.1:9/cb"],
            "callbacks.key": "•••",
        },
        "granted": [],
        "revoked": ["two_phase"],
        "notes": [],
    }
    assert (again["settings"], again["revoked"]) == ({}, [])
    blocked = answer(gateway, "merchant", "block", "books")
    unblocked = answer(gateway, "merchant", "unblock", "books")
    assert blocked == {"merchantLogin": "books", "blocked": True}
    assert unblocked == {"merchantLogin": "books", "blocked": False}


def test_sending_callbacks_again_is_answered_as_json(gateway: Gateway) -> None:
    gateway.run("merchant", "set", "test", "callbacks.urls=http://127.0.0.1:9/cb")
    order = gateway.register()["orderId"]
    gateway.run("pay", order, "--card", CARD)

    def resent() -> bool:
        """Whether no callback was just being sent."""
        done = gateway.run("callbacks", "resend", order, "--json")
        members = json.loads(done.out or "{}")
        return done.code == 0 and members["resent"] == len(members["callbacks"]) > 0

    assert eventually(resent)
    dead = answer(gateway, "callbacks", "resend", "--dead", "--merchant", "test")
    assert dead == {"resent": 0, "merchantLogin": "test"}
    refused = gateway.run("callbacks", "resend", "UNKNOWN-1", "--json")
    assert (refused.code, refused.out) == (1, "")


def test_keys_are_answered_as_json(gateway: Gateway) -> None:
    file = str(gateway.home.parent / "new.json")

    created = answer(gateway, "keys", "create", file, "--sandbox")
    rotated = answer(gateway, "keys", "rotate", file)
    staged = answer(gateway, "keys", "stage", file)
    activated = answer(gateway, "keys", "activate", staged["keys"][-1], file)

    assert [len(each["keys"]) for each in (created, rotated, staged)] == [1, 2, 3]
    assert (rotated["active"], staged["active"]) == (rotated["keys"][1], rotated["keys"][1])
    assert activated == {**staged, "active": staged["keys"][2]}


def test_stop_and_reset_are_answered_as_json(gateway: Gateway) -> None:
    with serving(gateway.home.parent / "other") as other:
        stopped = answer(other, "stop")
    emptied = json.loads(altyn(other.home, "reset", "--yes", "--json").out)

    assert stopped == {"address": other.address, "home": str(other.home)}
    assert emptied == {"home": str(other.home)}


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        ("merchant show tset", "test"),
        ("merchant set tset hold_days=3", "test"),
        ("merchant block TEST", "test"),
        ("merchant certificate tset", "test"),
        ("merchant add shoes Shoes --parent tset", "test"),
        ("merchant password tset-api --generate", "test-api"),
        ("merchant token test-apo", "test-api"),
        ("merchant set test hold_day=3", "hold_days"),
        ("merchant set test +refunds", "refund"),
        ("order list --merchant tset", "test"),
        ("order list --status depositd", "deposited"),
        ("order show MEANT-1 --merchant tset", "test"),
        ("order show MAENT-1", "MEANT-1"),
        ("callbacks list --merchant tset", "test"),
        ("callbacks list --state ded", "dead"),
        ("callbacks tail --merchant tset --limit 1", "test"),
        ("callbacks resend --dead --merchant tset", "test"),
        ("callbacks verify x=1 --merchant tset", "test"),
        ("callbacks show MAENT-1", "MEANT-1"),
        ("callbacks rsend", "resend"),
    ],
)
def test_name_that_does_not_exist_is_answered_with_the_one_meant(
    gateway: Gateway, command: str, meant: str
) -> None:
    if "MEANT" in command or "MAENT" in command:
        gateway.register(orderNumber="MEANT-1")  # the second time it is refused: it exists

    refused = gateway.run(*command.split())

    assert refused.code in {1, 2}
    words = " ".join(refused.err.replace("'", "").split())
    assert f"id you mean {meant}?" in words


def test_name_unlike_any_other_is_answered_without_a_guess(gateway: Gateway) -> None:
    refused = gateway.run("merchant", "show", "zzzzzzzz")

    assert refused.err.strip() == "No merchant has the login zzzzzzzz."


def test_pay_has_an_exit_code_for_each_order_that_takes_no_payment(gateway: Gateway) -> None:
    """Source: docs/how-to/pay-in-tests.md lists the codes."""
    refunded, partly, reversed_, held, spent, expired = (
        gateway.call(method, amount=150000, returnUrl=SHOP)["orderId"]
        for method in (*["register.do"] * 3, "registerPreAuth.do", *["register.do"] * 2)
    )
    for order in (refunded, partly, reversed_, held):
        assert gateway.run("pay", order, "--card", CARD).code == 0
    gateway.call("refund.do", orderId=refunded, amount=150000)
    gateway.call("refund.do", orderId=partly, amount=50000)
    for order in (reversed_, held):
        gateway.call("reverse.do", orderId=order)
    declines = [gateway.run("pay", spent, "--card", DECLINED_CARD).code for _ in range(3)]

    runs = {order: paid_again(gateway, order) for order in (refunded, partly, reversed_, held)}
    assert runs == {
        refunded: (6, "REFUNDED", 4),
        partly: (6, "REFUNDED", 4),
        reversed_: (7, "REVERSED", 3),
        held: (7, "REVERSED", 3),
    }
    assert declines == [3, 3, 3]
    assert paid_again(gateway, spent) == (3, "DECLINED", 6)
    gateway.run("clock", "advance", "21m")
    assert [paid_again(gateway, expired) for _ in range(2)] == [(4, "EXPIRED", 6)] * 2
    assert paid_again(gateway, refunded) == (6, "REFUNDED", 4)


def paid_again(gateway: Gateway, order: str) -> tuple[int, str, int]:
    """Try to pay an order: exit code, result and status; the status is that of the gateway."""
    done = gateway.run("pay", order, "--card", CARD, "--json")
    members = json.loads(done.out)
    assert members["orderStatus"] == gateway.status(order)["orderStatus"]
    return done.code, members["result"], members["orderStatus"]
