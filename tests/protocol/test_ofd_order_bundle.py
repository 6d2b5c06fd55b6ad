"""What the status shows as sold and not returned (ofdOrderBundle), as the receipts say it.

Source: rest-orders.md §4.2; fiscal.md §9, §10; merchant-settings.md §4 (version 24).
"""

from dataclasses import replace
from typing import Any, Final

import pytest

from altyn.domain.cart.document import Cart
from altyn.domain.cart.parts import Part
from altyn.domain.cart.raw_line import RawLine
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import Merchant
from altyn.domain.order import AttemptState, Kind, Order, OrderRequest
from altyn.domain.receipt.settings import FiscalProvider, FiscalSettings
from altyn.protocol.dialects.classic.order_view import extended_status
from tests.builders import a_merchant, an_attempt, an_order

AMOUNT: Final = 40000
TEA: Final[dict[str, Any]] = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "T-1",
    "quantity": {"value": 4, "measure": "шт."},
    "itemPrice": 5000,
    "tax": {"taxType": 14},
    "itemAttributes": {"attributes": [{"name": "paymentObject", "value": "4"}]},
}
CUP: Final[dict[str, Any]] = {
    "positionId": "2",
    "name": "Чашка",
    "itemCode": "C-1",
    "quantity": {"value": 2, "measure": "шт."},
    "itemPrice": 10000,
}
CART: Final = Cart.of({"cartItems": {"items": [TEA, CUP]}})
BY_POSITIONS: Final = {"parts": (Part("1", 1000, 5000), Part("2", 2000, 20000))}
BY_SUM: Final[dict[str, Any]] = {"raw": RawLine(name="Скидка")}
LEFT_OF_TEA: Final[dict[str, Any]] = {
    "positionId": "1",
    "name": "Чай",
    "quantity": {"value": 3.0, "measure": "шт."},
    "itemAmount": 15000,
    "itemPrice": 5000,
    "itemCode": "T-1",
    "tax": {"taxType": 14},
    "itemAttributes": {
        "attributes": [
            {"name": "paymentMethod", "value": "1"},
            {"name": "paymentObject", "value": "4"},
        ]
    },
}


def shop(version: int = 24, **fiscal: Any) -> Merchant:
    settings = {"provider": FiscalProvider.SIMULATED, "product_name": "Заказ", **fiscal}
    return a_merchant(status_version=version, fiscal=FiscalSettings(**settings))


def paid(cart: Cart | None = CART, **changes: Any) -> Order:
    order = an_order(
        status=OrderStatus.DEPOSITED,
        amount_minor=AMOUNT,
        deposited_minor=AMOUNT,
        request=OrderRequest(order_bundle=cart),
    )
    return replace(order.with_attempt(an_attempt(amount_minor=AMOUNT)), **changes)


def refunded(order: Order, amount: int, *, state: AttemptState, **attempt: Any) -> Order:
    """The order with a refund; only an approved one is money that went back."""
    number = len(order.attempts) + 1
    back = an_attempt(Kind.REFUND, number=number, amount_minor=amount, state=state, **attempt)
    returned = amount if state is AttemptState.APPROVED else 0
    return replace(order.with_attempt(back), refunded_minor=order.refunded_minor + returned)


def items(order: Order, merchant: Merchant) -> list[dict[str, Any]] | None:
    shown = extended_status(order, merchant, "ru").get("ofdOrderBundle")
    return None if shown is None else shown["cartItems"]["items"]


def amounts(order: Order, merchant: Merchant) -> list[tuple[str, int]]:
    return [(each["name"], each["itemAmount"]) for each in items(order, merchant) or ()]


def test_whole_cart_is_shown_with_the_values_of_the_receipt() -> None:
    shown = items(paid(), shop(tax_type=6))
    assert shown is not None
    tea, cup = shown
    assert tea == {**LEFT_OF_TEA, "quantity": {"value": 4.0, "measure": "шт."}, "itemAmount": 20000}
    assert (cup["tax"], cup["itemPrice"]) == ({"taxType": 6}, 10000)


def test_positions_that_were_returned_are_left_out() -> None:
    order = refunded(paid(), 25000, state=AttemptState.APPROVED, **BY_POSITIONS)
    assert items(order, shop()) == [LEFT_OF_TEA]


@pytest.mark.parametrize("state", [AttemptState.ASKED, AttemptState.UNKNOWN, AttemptState.DECLINED])
def test_refund_without_an_approval_leaves_the_cart_whole(state: AttemptState) -> None:
    order = refunded(paid(), 25000, state=state, **BY_POSITIONS)
    assert amounts(order, shop()) == [("Чай", 20000), ("Чашка", 20000)]


def test_after_a_refund_by_sum_the_rest_is_one_line() -> None:
    order = refunded(paid(), 12345, state=AttemptState.APPROVED, **BY_SUM)
    assert items(order, shop()) == [
        {
            "name": "Заказ",
            "quantity": {"value": 1.0, "measure": "0"},
            "itemAmount": 27655,
            "itemPrice": 27655,
            "tax": {"taxType": 0},
            "itemAttributes": {
                "attributes": [
                    {"name": "paymentMethod", "value": "1"},
                    {"name": "paymentObject", "value": "1"},
                ]
            },
        }
    ]


def test_refund_by_the_sum_of_a_position_makes_it_cheaper() -> None:
    raw = RawLine(position_id="2")
    order = refunded(paid(), 500, state=AttemptState.APPROVED, raw=raw, parts=(Part("2", 0, 500),))
    assert amounts(order, shop()) == [("Чай", 20000), ("Чашка", 19500)]


def test_order_without_a_cart_is_one_line_where_such_orders_get_receipts() -> None:
    order = refunded(paid(cart=None), 10000, state=AttemptState.APPROVED)
    assert amounts(order, shop(default_line=True)) == [("Заказ", 30000)]
    assert items(order, shop(default_line=False)) is None


def test_partial_completion_shows_the_deposited_parts() -> None:
    order = replace(paid(), two_phase=True, deposited_minor=15000)
    deposit = an_attempt(
        Kind.DEPOSIT, number=2, amount_minor=15000, parts=(Part("1", 3000, 15000),)
    )
    assert items(order.with_attempt(deposit), shop()) == [LEFT_OF_TEA]


@pytest.mark.parametrize(
    ("order", "merchant"),
    [
        (paid(), shop(version=23)),
        (paid(), shop(provider=FiscalProvider.NONE)),
        (paid(currency="840"), shop()),
        (paid(deposited_minor=0, status=OrderStatus.CREATED), shop()),
        (paid(deposited_minor=0, status=OrderStatus.REVERSED), shop()),
        (paid(refunded_minor=AMOUNT, status=OrderStatus.REFUNDED), shop()),
    ],
    ids=["version 23", "no receipts", "dollars", "not paid", "reversed", "refunded"],
)
def test_it_is_left_out_without_receipts_and_where_nothing_is_left(
    order: Order, merchant: Merchant
) -> None:
    assert items(order, merchant) is None
