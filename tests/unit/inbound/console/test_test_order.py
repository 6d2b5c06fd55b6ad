"""The form of the test order: the request that it makes."""

from __future__ import annotations

import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.inbound.console.test_order import TestOrder as Order
from altyn.inbound.console.test_order import read_test_order, sample_cart
from altyn.inbound.web.amounts import minor_units

CREDENTIALS: Final = {"userName": "test-api", "password": "pass"}


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("1500.00", 150_000),
        ("1 500,5", 150_050),
        ("1\u202f500,00\u00a0₽", 150_000),
        ("0", 0),
        ("1.005", None),
        ("1,500", None),
        ("1_000", None),
        ("1e5", None),
        ("1e4400", None),
        ("9e999998", None),
        ("-5", None),
        ("٥", None),
        ("many", None),
        ("", None),
        ("Infinity", None),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, minor: int | None) -> None:
    assert minor_units(typed) == minor


def test_unreadable_amount_goes_to_the_api_as_it_is() -> None:
    assert Order(amount="many").fields(CREDENTIALS, "http://g")["amount"] == "many"


def test_empty_fields_are_not_sent_and_more_parameters_win() -> None:
    order = Order(more="amount = 7\nfeatures=VERIFY\nnothing", callbacks=False)
    assert order.fields(CREDENTIALS, "http://g") == {
        "userName": "test-api",
        "password": "pass",
        "amount": "7",
        "returnUrl": "http://g/console/returned",
        "features": "VERIFY",
    }
    assert order.unread_lines() == ["nothing"]


def test_a_box_that_is_not_sent_is_not_ticked() -> None:
    order = read_test_order({"amount": "10", "two_stage": "on"})
    assert (order.method, order.cart, order.callbacks) == ("registerPreAuth.do", False, False)


@given(st.integers(min_value=1, max_value=10**12))
def test_sample_cart_adds_up_to_the_amount(amount: int) -> None:
    items = json.loads(sample_cart(amount))["cartItems"]["items"]
    assert sum(item["itemAmount"] for item in items) == amount
    assert all(item["itemAmount"] > 0 for item in items)
