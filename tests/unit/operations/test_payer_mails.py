"""Which changes of an order mail the payer, and which orders need an address for it."""

from typing import Any

import pytest

from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.cart.document import Cart
from altyn.domain.effects import Effect
from altyn.domain.mail import MailDue, address_of, mail_entries
from altyn.domain.order import OrderRequest
from altyn.operations.payer_mails import SKIP, payer_mails, refusal_of_payer_email
from tests.builders import a_merchant, an_order

WANTED = a_merchant(payer_email_notify=True)
TAKEN = OrderNotification(CallbackOperation.DEPOSITED, amount_minor=1000_00)


def mails(*effects: Effect, **request: Any) -> list[MailDue]:
    order = an_order(request=OrderRequest(**{"email": "anna@example.org", **request}))
    return list(payer_mails(effects, order, WANTED))


def test_payment_mails_the_payer() -> None:
    [due] = mails(TAKEN)
    assert (due.reason, due.to) == ("payment", "anna@example.org")
    assert due.parameters == {"operation": "deposited", "amount": "100000"}


def test_hold_mails_the_payer() -> None:
    [due] = mails(OrderNotification(CallbackOperation.APPROVED, amount_minor=1))
    assert due.parameters["operation"] == "approved"


@pytest.mark.parametrize(
    "effect",
    [
        OrderNotification(CallbackOperation.DEPOSITED, succeeded=False),
        OrderNotification(CallbackOperation.REFUNDED, amount_minor=1),
        OrderNotification(CallbackOperation.DECLINED_BY_TIMEOUT, succeeded=False),
    ],
)
def test_other_change_mails_nothing(effect: Effect) -> None:
    assert mails(effect) == []


@pytest.mark.parametrize("request_", [{"features": (SKIP,)}, {"features": ("VERIFY",)}])
def test_feature_suppresses_the_mail(request_: dict[str, Any]) -> None:
    assert mails(TAKEN, **request_) == []


def test_order_without_an_address_mails_nothing() -> None:
    assert mails(TAKEN, email=None) == []


def test_merchant_that_does_not_want_it_mails_nothing() -> None:
    order = an_order(request=OrderRequest(email="anna@example.org"))
    assert list(payer_mails([TAKEN], order, a_merchant())) == []


def test_address_of_the_carts_customer_comes_first() -> None:
    cart = Cart.of({"customerDetails": {"email": "cart@example.org"}})
    [due] = mails(TAKEN, order_bundle=cart)
    assert due.to == "cart@example.org"
    assert refusal_of_payer_email(WANTED, (), cart, None) is None


@pytest.mark.parametrize("email", [None, "", "nobody", "a@b.example,nobody"])
def test_order_needs_an_address_that_can_be_mailed(email: str | None) -> None:
    assert refusal_of_payer_email(WANTED, (), None, email) is not None
    assert refusal_of_payer_email(WANTED, (SKIP,), None, email) is None
    assert refusal_of_payer_email(a_merchant(), (), None, email) is None


def test_each_address_has_an_entry_without_texts() -> None:
    due = MailDue(reason="receipt", to="a@x.example,b@x.example", parameters={"receipt": "7"})
    first, second = mail_entries(due)
    assert (first.kind, first.operation, first.host) == ("mail", "receipt", "mail")
    receivers = [address_of(each.receiver) for each in (first, second)]
    assert receivers == ["a@x.example", "b@x.example"]
    assert first.parameters == {"receipt": "7"}
