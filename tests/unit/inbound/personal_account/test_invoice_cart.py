"""The cart editor of an invoice: which codes a row offers, and the cart document it makes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from altyn.domain.receipt.settings import FfdVersion, FiscalProvider, FiscalSettings
from altyn.inbound.personal_account.invoices.cart import (
    ROWS_MAX,
    CartRow,
    cart_text,
    choices_of,
    new_row,
    read_rows,
    rows_sum,
)
from altyn.inbound.shop_links.address_limit import AddressLimit
from altyn.inbound.shop_links.static_link import StaticLink, read_static_link, unknown_names

NONE = FiscalSettings()
OLD = FiscalSettings(provider=FiscalProvider.SIMULATED)
NEW = FiscalSettings(provider=FiscalProvider.SIMULATED, ffd=FfdVersion.V1_2)
NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)


def test_row_offers_the_codes_of_the_format() -> None:
    assert choices_of(NONE, "ru").taxes == {}
    assert choices_of(OLD, "ru").measures == {}
    assert 30 not in choices_of(OLD, "ru").objects
    assert choices_of(NEW, "ru").measures[0] == "шт."
    assert 30 in choices_of(NEW, "ru").objects
    english = choices_of(NEW, "en")
    assert (english.measures[0], english.taxes[0], english.taxes[7]) == (
        "pcs",
        "no VAT",
        "VAT 20/120",
    )
    assert (english.methods[4], english.objects[4]) == ("full payment", "service")
    assert 3 not in choices_of(NEW, "ru").taxes  # 18 % ended with 2018


def test_new_row_has_the_codes_of_the_shop() -> None:
    assert (new_row(NONE).measure, new_row(NONE).tax) == ("шт", "")
    row = new_row(NEW)
    assert (row.measure, row.tax, row.method, row.object) == ("0", "0", "1", "1")


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("2", "100,50", 20_100),
        ("0.333", "10.00", 333),
        ("1,5", "0.01", 2),
        ("0", "1", None),
        ("-1", "1", None),
        ("1", "0", None),
        ("1", "", None),
        ("1.0001", "1", None),
        ("NaN", "1", None),
        ("1", "x", None),
    ],
)
def test_amount_of_a_row_is_quantity_by_price(
    quantity: str, price: str, amount: int | None
) -> None:
    row = CartRow(name="Чай", quantity=quantity, price=price)
    assert row.amount_minor == amount
    assert rows_sum([row, CartRow(name="x", price="1")]) == (
        None if amount is None else amount + 100
    )


def test_document_has_attributes_only_with_receipts() -> None:
    row = CartRow(name="Чай", quantity="1,5", price="10", measure="0", tax="14", method="4")
    [plain] = json.loads(cart_text([row], NONE))["cartItems"]["items"]
    assert "tax" not in plain
    assert plain["quantity"] == {"value": 1.5, "measure": "0"}
    assert (plain["itemPrice"], plain["itemAmount"]) == (1_000, 1_500)
    [fiscal] = json.loads(cart_text([row], NEW))["cartItems"]["items"]
    assert fiscal["tax"] == {"taxType": 14}
    assert fiscal["itemAttributes"]["attributes"] == [{"name": "paymentMethod", "value": "4"}]


def test_rows_are_read_in_order_and_bounded() -> None:
    pairs = [("item_name", "a"), ("item_price", "1"), ("item_name", "b"), ("item_price", "2")]
    assert [(row.name, row.price) for row in read_rows(pairs)] == [("a", "1"), ("b", "2")]
    assert len(read_rows([("item_name", "x")] * 99)) == ROWS_MAX


def test_address_limit_counts_each_network_within_ten_minutes() -> None:
    limit = AddressLimit(most=2, addresses_max=2)
    assert [limit.allows("192.0.2.1", NOW) for _ in range(3)] == [True, True, False]
    assert limit.allows("192.0.2.2", NOW)
    assert limit.allows("192.0.2.1", NOW + timedelta(minutes=10))


def test_address_limit_counts_an_ipv6_network_as_one_address() -> None:
    limit = AddressLimit(most=1)
    assert limit.allows("2001:db8::1", NOW)
    assert not limit.allows("2001:db8::ffff", NOW)
    assert limit.allows("::ffff:192.0.2.1", NOW)
    assert not limit.allows("192.0.2.1", NOW)


def test_address_of_a_static_link_is_read_back() -> None:
    link = StaticLink(
        token="t", fixed={"amount": "1,50", "description": "Чай & «x»"}, asked=("email",)
    )
    pairs = [
        ("token", "t"), ("amount", "1,50"), ("description", "Чай & «x»"), ("ask", "email"),
    ]  # fmt: skip
    assert read_static_link(pairs) == link
    assert link.typed == ("email",)
    assert read_static_link([("token", "t")]).typed == ("amount",)
    assert unknown_names([*pairs, ("lang", "ru"), ("x", "1"), ("ask", "y")]) == ("x", "ask=y")
