"""Addresses that a payer is sent to: one rule for all methods, in parameters and in jsonParams.

Source: payment-page.md §6; sberpay.md §3; 004 (phone).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import pytest

from altyn.inbound.http.fields import Fields
from altyn.protocol.dialects.classic.cautions import NO_ATTRIBUTES_OF_CARDS
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.malformed import Malformed
from altyn.protocol.table import Method, Parameter
from altyn.protocol.types import Context

RUN_BY_BROWSERS: Final = (
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://shop.example/1",
)
ATTRIBUTES_OF_ORDERS: Final = {"jsonParams", "additionalParameters", "params"}
KEPT_IN_HISTORY: Final = "Kept in the order's history."
ADDRESS_NAMES: Final = ("url", "deeplink")


def rows() -> Iterator[tuple[Method, Parameter]]:
    return ((method, row) for method in CLASSIC.methods for row in method.parameters)


def address_rows() -> list[tuple[Method, Parameter]]:
    return [pair for pair in rows() if pair[1].name.lower().endswith(ADDRESS_NAMES)]


def attribute_rows() -> list[tuple[Method, Parameter]]:
    """The rows with attributes of an order; those of a stored card are ignored, and named so."""
    found = [pair for pair in rows() if pair[1].name in ATTRIBUTES_OF_ORDERS]
    found = [pair for pair in found if pair[1].caution != NO_ATTRIBUTES_OF_CARDS]
    return [pair for pair in found if pair[1].note not in (KEPT_IN_HISTORY, "Accepted.")]


def parse(row: Parameter, value: str, **sent: str) -> object:
    return row.type.parse(value, Context(None, Fields.of(sent.items())))


def takes(row: Parameter, value: str) -> bool:
    try:
        parse(row, value)
    except Malformed:
        return False
    return True


@pytest.mark.parametrize("address", RUN_BY_BROWSERS)
def test_no_address_parameter_takes_what_a_browser_would_run(address: str) -> None:
    found = address_rows()
    assert {row.name for _, row in found} >= {
        "returnUrl", "failUrl", "dynamicCallbackUrl", "sberpay.backurl", "app.deepLink", "termUrl"
    }  # fmt: skip
    assert not [(method.name, row.name) for method, row in found if takes(row, address)]


@pytest.mark.parametrize("name", ["backToShopUrl", "sberpay.backurl"])
@pytest.mark.parametrize("address", RUN_BY_BROWSERS)
def test_no_attribute_of_an_order_takes_what_a_browser_would_run(name: str, address: str) -> None:
    found = attribute_rows()
    assert {method.name for method, _ in found} >= {
        "register", "registerPreAuth", "creditRegister", "creditRegisterPreAuth", "addParams",
        "paymentOrder", "paymentOrderBinding", "instantPayment", "motoPayment", "recurrentPayment",
    }  # fmt: skip
    sent = json.dumps({name: address})
    assert not [(method.name, row.name) for method, row in found if takes(row, sent)]


def test_right_addresses_are_accepted_everywhere() -> None:
    sent = {"backToShopUrl": "https://shop.example/корзина?a=1", "sberpay.backurl": ""}
    for _, row in attribute_rows():
        assert parse(row, json.dumps(sent)) == sent


every_attribute_row: Final = pytest.mark.parametrize(
    "pair", attribute_rows(), ids=lambda pair: f"{pair[0].name} {pair[1].name}"
)


@every_attribute_row
@pytest.mark.parametrize(
    ("phone", "accepted"),
    [
        ("1", False),
        ("phone", False),
        ("+7 (___) ___-__-__", False),
        ("1234567890123456", False),
        ("+7 (999) 888-77-66", True),
        (" 79998887766", True),
        ("9998887", True),
        ("", True),
    ],
)
def test_phone_of_an_order_in_json_is_a_phone(
    *, pair: tuple[Method, Parameter], phone: str, accepted: bool
) -> None:
    method, row = pair
    text = json.dumps({"phone": phone})
    if accepted:
        assert parse(row, text) == {"phone": phone}
        return
    with pytest.raises(Malformed, match="phone: not a phone number"):
        parse(row, text)
    if any(each.name == "phone" for each in method.parameters):
        assert parse(row, text, phone="79998887766"), "the parameter wins"
    else:
        assert not takes(row, text)


@every_attribute_row
def test_email_of_an_order_in_json_has_the_rule_of_the_parameter(
    pair: tuple[Method, Parameter],
) -> None:
    _, row = pair
    assert takes(row, json.dumps({"email": f"{'a' * 115}@shop.example"}))
    assert not takes(row, json.dumps({"email": f"{'a' * 117}@shop.example"}))
