"""Golden carts have the same outcome on the command line, over REST in both forms, and in the log.

Source: fiscal.md §3 to §7, §11.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from altyn.cli.app import app
from altyn.domain.cart.codes import (
    AGENT_TYPES,
    MEASURES,
    PAYMENT_METHODS,
    PAYMENT_OBJECTS,
    TAX_TYPES,
)
from tests.asgi_client import Answer, AsgiClient
from tests.integration.carts.golden_carts import FOLDER, GoldenCart, golden_carts
from tests.merchant_changes import changed
from tests.shop import CREDENTIALS, Shop, new_number, open_shop

CARTS: Final = golden_carts()
CARTS_MIN: Final = 100
FOUND_IN_HEADER: Final = 5  # faults
PATH: Final = "/payment/rest/register.do"
every_cart = pytest.mark.parametrize("cart", CARTS, ids=lambda cart: cart.name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


def test_every_cart_has_its_outcome() -> None:
    assert len(CARTS) >= CARTS_MIN
    assert {file.stem for file in FOLDER.glob("*.json")} == {cart.name for cart in CARTS}
    assert len({cart.rule for cart in CARTS}) == len(CARTS), "each cart states a rule of its own"


@pytest.mark.parametrize(
    ("member", "codes"),
    [
        ("taxType", TAX_TYPES),
        ("paymentMethod", PAYMENT_METHODS),
        ("paymentObject", PAYMENT_OBJECTS),
        ("measure", MEASURES),
        ("agent_info.type", AGENT_TYPES),
    ],
)
def test_accepted_carts_have_every_code_of_a_list(member: str, codes: Mapping[int, object]) -> None:
    accepted = (cart.registration["orderBundle"] for cart in CARTS if cart.code == "0")
    found = {str(value) for bundle in accepted for value in values_of(member, bundle)}
    assert {str(code) for code in codes} <= found


def values_of(member: str, document: Any) -> Iterator[object]:
    """The values of a member, or of a fiscal attribute, wherever it stands in a cart."""
    if isinstance(document, list):
        for each in document:
            yield from values_of(member, each)
    elif isinstance(document, dict):
        if document.get("name") == member:
            yield document.get("value")
        yield document.get(member)
        for each in document.values():
            yield from values_of(member, each)


@every_cart
def test_command_prints_the_outcome(cart: GoldenCart) -> None:
    result = CliRunner().invoke(app, ["cart", "check", str(cart.file), *cart.options])
    assert result.output == cart.printed
    assert result.exit_code == (1 if cart.faults else 0)


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
@every_cart
async def test_registration_has_the_outcome(shop: Shop, cart: GoldenCart) -> None:
    async with changed(shop, cart.settings):
        for answer in (await sent_as_form(shop, cart), await sent_as_json(shop, cart)):
            members = answer.json()
            if cart.code == "0":
                assert "orderId" in members, answer.text
                check_notes(cart, answer)
            else:
                error = members["errorCode"], members["errorMessage"]
                assert error == (cart.code, cart.text)
                check_faults(cart, answer)


async def sent_as_form(shop: Shop, cart: GoldenCart) -> Answer:
    """A registration as most shops send it: JSON texts in form fields."""
    fields = {
        name: json.dumps(value) if isinstance(value, dict | list) else str(value)
        for name, value in complete(cart).items()
    }
    return await AsgiClient(shop.gateway.router).post(PATH, fields)


async def sent_as_json(shop: Shop, cart: GoldenCart) -> Answer:
    """The same registration as a JSON body."""
    body = json.dumps(complete(cart)).encode()
    headers = (("content-type", "application/json"),)
    return await AsgiClient(shop.gateway.router).post(PATH, body=body, headers=headers)


def complete(cart: GoldenCart) -> dict[str, Any]:
    own = {"orderNumber": new_number(), "returnUrl": "https://shop.example/"}
    return {**CREDENTIALS, **own, **cart.registration}


def rule_of(answer: Answer) -> str:
    """The rule header, without the escapes of characters that a header cannot hold."""
    return answer.headers.get("x-altyn-rule", "").encode().decode("unicode_escape")


def check_notes(cart: GoldenCart, answer: Answer) -> None:
    for note in cart.notes:
        text = note.replace("no such key of additionalOfdParams: ", "no such key: ")
        assert text in rule_of(answer)


def check_faults(cart: GoldenCart, answer: Answer) -> None:
    """The header names the first faults, and how many there are."""
    rule = rule_of(answer)
    shown = [fault for fault in cart.faults if fault.partition(" (fiscal.md")[0] in rule]
    assert len(shown) >= min(len(cart.faults), FOUND_IN_HEADER)
    if len(cart.faults) > 1 and cart.code == "8":
        assert f"{len(cart.faults)} faults: " in rule
