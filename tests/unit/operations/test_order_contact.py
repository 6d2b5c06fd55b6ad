"""Whose e-mail address and phone number an order keeps: the shop's stay, the payer's may change."""

from __future__ import annotations

import pytest

from altyn.domain.order import OrderRequest
from altyn.domain.receipt.contact import Contact
from altyn.operations.order_contact import with_contact

PAYER_EMAIL = OrderRequest(email="me@x.ru", payer_contact=("email",))


@pytest.mark.parametrize(
    ("before", "sent", "of_payer", "after"),
    [
        (OrderRequest(), Contact(), True, OrderRequest()),
        (OrderRequest(), Contact("me@x.ru"), True, PAYER_EMAIL),
        (OrderRequest(), Contact("a@x.ru"), False, OrderRequest(email="a@x.ru")),
        (OrderRequest(email="a@x.ru"), Contact("me@x.ru"), True, OrderRequest(email="a@x.ru")),
        (OrderRequest(email="a@x.ru"), Contact("b@x.ru"), False, OrderRequest(email="a@x.ru")),
        (PAYER_EMAIL, Contact(), True, PAYER_EMAIL),
        (PAYER_EMAIL, Contact("a@x.ru"), False, OrderRequest(email="a@x.ru")),
        (
            PAYER_EMAIL,
            Contact("i@x.ru"),
            True,
            OrderRequest(email="i@x.ru", payer_contact=("email",)),
        ),
        (
            PAYER_EMAIL,
            Contact(None, "+79000000000"),
            True,
            OrderRequest(phone="+79000000000", payer_contact=("phone",)),
        ),
        (
            OrderRequest(phone="79"),
            Contact("me@x.ru", "+7900"),
            True,
            OrderRequest(email="me@x.ru", phone="79", payer_contact=("email",)),
        ),
    ],
)
def test_values_of_the_shop_stay_and_those_of_the_payer_are_replaced(
    before: OrderRequest, sent: Contact, *, of_payer: bool, after: OrderRequest
) -> None:
    assert with_contact(before, sent, of_payer=of_payer) == after
