"""`altyn order show`: what it prints about an order, and what can be done with it now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from altyn.cli.orders.view import OrderDetails, action_code, possible_actions
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Order
from altyn.domain.order_id import new_order_id
from tests.builders import an_order

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ORDER = an_order(
    order_id=new_order_id(NOW, 7),
    two_phase=True,
    amount_minor=1500_00,
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=20),
)
HELD = replace(ORDER, status=OrderStatus.APPROVED, approved_minor=1500_00, approved_at=NOW)
DEPOSITED = replace(
    HELD, status=OrderStatus.DEPOSITED, deposited_minor=1500_00, refunded_minor=500_00
)


def actions(order: Order) -> str:
    details = OrderDetails(
        order=order, merchant="test", events=(), postings=(), now=NOW, base_url="http://here:1"
    )
    return "\n".join(possible_actions(details))


def test_unpaid_order_can_be_paid_until_its_session_expires() -> None:
    page = f"http://here:1/payment/merchants/test/payment_ru.html?mdOrder={ORDER.order_id}"

    assert page in actions(ORDER)
    assert f"altyn pay {ORDER.order_id}" in actions(ORDER)
    assert "21 November 2026, 15:20:00 (Moscow) (in 20 min)" in actions(ORDER)
    assert "refund.do" not in actions(ORDER)


def test_hold_can_be_deposited_or_reversed_and_is_released_when_due() -> None:
    assert "deposit.do" in actions(HELD)
    assert "reverse.do" in actions(HELD)
    assert "28 November 2026" in actions(HELD)
    assert "altyn pay" not in actions(HELD)


def test_deposit_can_be_refunded_up_to_the_amount_left() -> None:
    assert "refund.do: up to 1\u2009000.00" in actions(DEPOSITED).replace("\u202f", "\u2009")


def test_declined_order_is_finished() -> None:
    assert (
        actions(replace(ORDER, status=OrderStatus.DECLINED))
        == "nothing can be done: the order is finished"
    )


def test_action_code_is_shown_with_its_meaning() -> None:
    assert action_code(116).startswith("action code 116: ")
    assert action_code(987654) == "action code 987654"
