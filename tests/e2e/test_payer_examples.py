"""The examples of docs/how-to/pay-in-tests.md are run as they are printed, in each language."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright._impl._driver import compute_driver_executable

from altyn.cli.orders.payment import EXIT_CODES
from altyn.inbound.sandbox.payer.bnpl import BnplRequest
from altyn.inbound.sandbox.payer.card import CardRequest
from altyn.inbound.sandbox.payer.sberpay import SberPayRequest
from tests.e2e.command import COMMAND_SECONDS, Gateway, serving

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "pay-in-tests.md"
PRINTED_ADDRESS: Final = "http://127.0.0.1:8080"
# Playwright brings its own Node, so the example needs no other.
NODE: Final = str(compute_driver_executable()[0])
PROGRAMS: Final = {
    "python": (sys.executable, "shop.py"),
    "php": ("php", "shop.php"),
    "js": (NODE, "shop.mjs"),
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(tmp_path_factory.mktemp("examples") / "home") as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("language", PROGRAMS)
def test_example_pays_an_order(gateway: Gateway, tmp_path: Path, language: str) -> None:
    program, file = PROGRAMS[language]
    (tmp_path / file).write_text(example(language).replace(PRINTED_ADDRESS, gateway.address))

    done = subprocess.run(
        [program, file], cwd=tmp_path, capture_output=True, text=True, check=False,
        timeout=COMMAND_SECONDS,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "PAID Paid: 1500.00 RUB.\n"), done.stderr


@pytest.mark.slow
def test_printed_answer_has_the_members_of_a_real_one(gateway: Gateway) -> None:
    order = gateway.register(orderNumber="A-1001")["orderId"]
    paid = gateway.run("pay", order, "--card", "2200000100001167", "--json")

    answer, printed = json.loads(paid.out), json.loads(example("json"))

    texts = {name: answer[name] for name in ("orderId", "steps", "text", "actionCodeDescription")}
    assert {**printed, **texts} == answer
    assert answer["text"].startswith(printed["text"].split(" The payer", 1)[0])
    assert answer["steps"][1] == printed["steps"][1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "options"),
    [
        ("card", "--pan 4111111111111111 --otp 12345678"),
        ("sberpay", "--phone 79998887766"),
        ("bnpl", "--phone 79998887766 --code 1111 --card 4111111111111111 --otp 12345678"),
    ],
)
def test_command_pays_in_every_way(gateway: Gateway, way: str, options: str) -> None:
    order = gateway.register()["orderId"]
    paid = gateway.run("pay", order, "--way", way, *options.split(), "--json")
    answer = json.loads(paid.out)
    assert (answer["result"], "unused" in answer) == ("PAID", False), answer


def test_page_names_every_member_and_every_result() -> None:
    text = PAGE.read_text("utf-8")
    assert table(text, "Member") == set(CardRequest.__struct_fields__)
    parts = set(BnplRequest.__struct_fields__) - set(CardRequest.__struct_fields__)
    assert table(text, "Also") == {*parts, "phone"}
    sberpay = set(SberPayRequest.__struct_fields__) - set(CardRequest.__struct_fields__)
    assert table(text, "SberPay has") == {*sberpay, "phone"}
    assert table(text, "`result`") == set(EXIT_CODES)
    for result, code in EXIT_CODES.items():
        assert re.search(rf"^\| `{result}` \| .* \| {code} \|$", text, re.MULTILINE)


def example(language: str) -> str:
    """The page's first block of code in this language."""
    block = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    found = block.search(PAGE.read_text("utf-8"))
    assert found is not None, f"no example in {language}"
    return found[1]


def table(text: str, heading: str) -> set[str]:
    """The names in the first column of the table with this heading."""
    rows = text.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    return set(re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE))
