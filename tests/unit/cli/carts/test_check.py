"""`altyn cart check`: every fault of a cart, without a server."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from altyn.cli.app import app
from altyn.cli.output import CommandError

TEA: dict[str, Any] = {
    "positionId": "3",
    "name": "Чай",
    "itemCode": "A-17",
    "quantity": {"value": 3, "measure": "шт."},
    "itemPrice": 3334,
    "itemAmount": 10002,
}
RIGHT = {"cartItems": {"items": [TEA]}}
WRONG = {"cartItems": {"items": [{**TEA, "itemAmount": 10001, "tax": {"taxType": 99}}]}}


def check(document: object, *options: str) -> Result:
    words = ["cart", "check", "-", *options]
    return CliRunner().invoke(app, words, input=json.dumps(document).encode())


def test_a_right_cart() -> None:
    result = check(RIGHT)
    assert (result.exit_code, result.output) == (
        0,
        "The cart is right: 1 position, 10002 minor units.\n",
    )


def test_every_fault_is_named_with_its_section() -> None:
    result = check(WRONG)
    assert result.exit_code == 1
    heading, *lines = result.output.splitlines()
    assert heading == "2 faults"
    assert lines[0].startswith("  position 1 (A-17): tax.taxType 99, not a taxType")
    assert lines[1] == (
        "  position 1 (A-17): itemAmount 10001, but itemPrice 3334 × quantity 3 = 10002"
        " (fiscal.md §7 row 6)"
    )


def test_the_amount_of_the_order_is_compared() -> None:
    result = check(RIGHT, "--amount", "10000", "--json")
    assert result.exit_code == 1
    (fault,) = json.loads(result.output)["faults"]
    assert fault == {
        "path": "amount",
        "position": "",
        "value": "10000",
        "rule": "but the only position is 10002",
        "kind": "cart_sum",
        "section": "fiscal.md §7 row 4",
    }


def test_a_whole_registration_may_be_given_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text(json.dumps({"amount": 10002, "orderBundle": RIGHT}))
    result = CliRunner().invoke(app, ["cart", "check", str(file)])
    assert result.exit_code == 0, result.output


def test_what_is_no_json_is_refused() -> None:
    for content, text in ((b"{", "is not JSON"), (b" " * 1_000_001, "more than 1000000 bytes")):
        result = CliRunner().invoke(app, ["cart", "check", "-"], input=content)
        assert isinstance(result.exception, CommandError)
        assert text in str(result.exception)
    missing = CliRunner().invoke(app, ["cart", "check", "/nowhere/cart.json"])
    assert "cannot be read" in str(missing.exception)
