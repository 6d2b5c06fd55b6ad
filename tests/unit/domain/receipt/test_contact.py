"""Where the payer gets the receipt, and when the payer is asked for it.

Source: fiscal.md §1, §3.1, §7 row 9.
"""

from __future__ import annotations

from typing import Any

import pytest

from altyn.domain.cart.document import Cart
from altyn.domain.cart.values import NO_CUSTOMER, Customer
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order, OrderRequest
from altyn.domain.receipt.contact import (
    Contact,
    ContactFault,
    asks_contact,
    contact_of,
    is_fiscalised,
    needs_contact,
    read_contact,
)
from altyn.domain.receipt.settings import FiscalProvider, FiscalSettings
from tests.builders import a_merchant, an_order

ITEM = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "T-1",
    "quantity": {"value": 1, "measure": "шт."},
    "itemAmount": 250000,
}


def order_with(
    cart: dict[str, Any] | None = None, params: dict[str, str] | None = None, **request: Any
) -> Order:
    bundle = None if cart is None else Cart.of(cart)
    return an_order(request=OrderRequest(order_bundle=bundle, **request), params=params or {})


def cart(**customer: str) -> dict[str, Any]:
    return {"customerDetails": customer, "cartItems": {"items": [ITEM]}}


def shop(**fiscal: Any) -> Merchant:
    settings = {"provider": FiscalProvider.SIMULATED, **fiscal}
    return a_merchant(fiscal=FiscalSettings(**settings))


# ── Which orders get receipts ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("order", "merchant", "expected"),
    [
        (order_with(cart()), shop(default_line=False), True),
        (order_with(cart()), shop(), True),
        (order_with(), shop(), True),
        (order_with(), shop(default_line=False), False),
        (order_with({"customerDetails": {"fullName": "A"}}), shop(default_line=False), False),
        (order_with(cart()), shop(provider=FiscalProvider.NONE), False),
        (order_with(cart(), features=("VERIFY",)), shop(), False),
    ],
)
def test_an_order_with_a_cart_or_a_default_line_is_fiscalised(
    order: Order, merchant: Merchant, *, expected: bool
) -> None:
    assert is_fiscalised(order, merchant) is expected
    assert needs_contact(order, merchant) is expected


# ── Where the contact comes from ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("order", "contact"),
    [
        (order_with(), Contact()),
        (order_with(cart(email="a@x.ru")), Contact("a@x.ru")),
        (order_with(cart(phone="+79000000000")), Contact(None, "+79000000000")),
        (order_with(email="b@x.ru", phone="79000000001"), Contact("b@x.ru", "79000000001")),
        (order_with(cart(email="a@x.ru"), email="b@x.ru"), Contact("a@x.ru")),
        (
            order_with(cart(email="a@x.ru"), phone="79000000001"),
            Contact("a@x.ru", "79000000001"),
        ),
        (order_with(params={"email": "c@x.ru"}), Contact("c@x.ru")),
        (order_with(params={"phone": "79000000002"}), Contact(None, "79000000002")),
        (order_with(email=" "), Contact()),
        (
            order_with(more={"additionalOfdParams": '{"client.email": "d@x.ru"}'}),
            Contact("d@x.ru"),
        ),
    ],
)
def test_the_contact_is_found_wherever_a_shop_sends_it(order: Order, contact: Contact) -> None:
    assert contact_of(order) == contact
    assert needs_contact(order, shop()) is not contact.known


OWN = Customer(email="own@x.ru")


@pytest.mark.parametrize(
    ("customer", "ofd_params", "contact"),
    [
        (NO_CUSTOMER, {}, Contact("a@x.ru", "79000000001")),
        (OWN, {}, Contact("own@x.ru")),
        (Customer(phone="79000000009"), {}, Contact(None, "79000000009")),
        (NO_CUSTOMER, {"client.email": "e@x.ru"}, Contact("e@x.ru")),
        (OWN, {"client.email": "e@x.ru"}, Contact("own@x.ru")),
        (OWN, {"client.phone": "79000000003"}, Contact("own@x.ru", "79000000003")),
        (NO_CUSTOMER, {"client.name": "Иван"}, Contact("a@x.ru", "79000000001")),
    ],
)
def test_the_contact_of_the_operation_comes_before_every_one_of_the_order(
    customer: Customer, ofd_params: dict[str, str], contact: Contact
) -> None:
    order = order_with(cart(email="a@x.ru"), phone="79000000001")
    assert contact_of(order, customer=customer, ofd_params=ofd_params) == contact


def test_a_payers_own_parameters_are_no_contact_of_the_shop() -> None:
    order = order_with(params={"email": "c@x.ru"}, payer_params=("email",))
    assert contact_of(order) == Contact()


def test_what_the_payer_has_typed_counts_and_can_still_be_changed() -> None:
    typed = order_with(email="me@x.ru", payer_contact=("email",))
    assert contact_of(typed) == Contact("me@x.ru")
    assert not needs_contact(typed, shop())
    assert asks_contact(typed, shop())
    of_shop = order_with(email="me@x.ru")
    assert not asks_contact(of_shop, shop())


# ── What a payer types ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        (" ivan.petrov+shop@mail.example.ru ", Contact("ivan.petrov+shop@mail.example.ru")),
        ("почта@пример.рф", Contact("почта@пример.рф")),
        ("+7 (900) 123-45-67", Contact(None, "+79001234567")),
        ("8 900 123 45 67", Contact(None, "+79001234567")),
        ("9001234567", Contact(None, "+79001234567")),
        ("7 900 123-45-67", Contact(None, "+79001234567")),
        ("+44 20 7946 0000", Contact(None, "+442079460000")),
        ("375291234567", Contact(None, "375291234567")),
    ],
)
def test_an_email_or_a_phone_number_is_read_as_payers_type_it(typed: str, contact: Contact) -> None:
    assert read_contact(typed) == contact


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", ContactFault.EMPTY),
        ("   ", ContactFault.EMPTY),
        ("ivan", ContactFault.NEITHER),
        ("12 34 ab", ContactFault.NEITHER),
        ("ivan@", ContactFault.EMAIL),
        ("@mail.ru", ContactFault.EMAIL),
        ("ivan@localhost", ContactFault.EMAIL),
        ("a@x.ru,b@x.ru", ContactFault.EMAIL),
        ("ivan petrov@x.ru", ContactFault.EMAIL),
        ("a..b@x.ru", ContactFault.EMAIL),
        ("a@x.ru\r\nBcc: b@x.ru", ContactFault.EMAIL),
        ("\u202ea@x.ru", ContactFault.EMAIL),
        ("<a@x.ru>", ContactFault.EMAIL),
        ("a" * 60 + "@x.ru", ContactFault.EMAIL_LONG),
        ("123456", ContactFault.PHONE),
        ("+7 900 123-45-67 8 9 0 1 2 3", ContactFault.PHONE),
        ("4111 1111 1111 1111", ContactFault.NEITHER),
        ("378282246310005", ContactFault.NEITHER),  # a card number of 15 digits
        ("٧٩٠٠١٢٣٤٥٦٧", ContactFault.NEITHER),
    ],
)
def test_what_is_wrong_with_a_contact_has_a_name(typed: str, fault: ContactFault) -> None:
    assert read_contact(typed) is fault
