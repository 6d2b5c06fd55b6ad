"""The story of an order: what can be done now, and how it is found and filtered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from altyn.cli.orders.commands import LIST_SIZE_MAX, read_last, read_order_id, read_statuses
from altyn.cli.orders.view import Story, action_code, possible
from altyn.cli.output import CommandError
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Order
from altyn.domain.order_id import new_order_id

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ORDER = Order(
    merchant_id=7,
    order_id=new_order_id(NOW, 7),
    order_number="A-1",
    version=1,
    status=OrderStatus.CREATED,
    currency="643",
    amount_minor=1500_00,
    two_phase=True,
    attempts_max=3,
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=20),
)
HELD = replace(ORDER, status=OrderStatus.APPROVED, approved_minor=1500_00, approved_at=NOW)
TAKEN = replace(HELD, status=OrderStatus.DEPOSITED, deposited_minor=1500_00, refunded_minor=500_00)


def told(order: Order) -> str:
    story = Story(
        order=order, merchant="test", events=(), postings=(), now=NOW, base="http://here:1"
    )
    return "\n".join(possible(story))


def test_an_open_order_can_be_paid_until_its_time_is_over() -> None:
    page = f"http://here:1/payment/merchants/test/payment_ru.html?mdOrder={ORDER.order_id}"

    assert page in told(ORDER)
    assert f"altyn pay {ORDER.order_id}" in told(ORDER)
    assert "21 November 2026, 15:20:00 (Moscow) (in 20 min)" in told(ORDER)
    assert "refund.do" not in told(ORDER)


def test_a_hold_can_be_deposited_or_reversed_and_ends_by_itself() -> None:
    assert "deposit.do" in told(HELD)
    assert "reverse.do" in told(HELD)
    assert "28 November 2026" in told(HELD)
    assert "altyn pay" not in told(HELD)


def test_a_deposit_can_be_refunded_as_far_as_it_is_left() -> None:
    assert "refund.do can give back up to 1\u2009000.00" in told(TAKEN).replace("\u202f", "\u2009")


def test_a_declined_order_is_over() -> None:
    assert told(replace(ORDER, status=OrderStatus.DECLINED)) == "nothing: it is over"


def test_an_action_code_stands_beside_its_words() -> None:
    assert action_code(116).startswith("action code 116: ")
    assert action_code(987654) == "action code 987654"


def test_statuses_are_named_or_numbered() -> None:
    assert read_statuses(["2", "Declined"]) == (OrderStatus.DEPOSITED, OrderStatus.DECLINED)
    assert set(read_statuses([])) == set(OrderStatus)
    with pytest.raises(CommandError, match=r"deposited \(2\)"):
        read_statuses(["paid"])


def test_last_is_a_number_or_a_time() -> None:
    assert read_last("50") == (50, None)
    assert read_last("7d") == (LIST_SIZE_MAX, timedelta(days=7))
    with pytest.raises(CommandError, match="1000"):
        read_last("0")


def test_an_order_id_names_its_merchant() -> None:
    key = read_order_id(str(ORDER.order_id))

    assert key is not None
    assert (key.merchant_id, key.order_id) == (7, ORDER.order_id)
    assert read_order_id("A-1") is None
    assert read_order_id(str(uuid4())) is None
