"""`altyn order show`: what it prints about an order, and what can be done with it now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from altyn.cli.orders.members import order_members
from altyn.cli.orders.view import (
    OrderDetails,
    action_code,
    money,
    possible_actions,
    print_order,
    print_orders,
    three_d_secure,
)
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import AttemptState, Kind, Order, OrderRequest
from altyn.domain.order_id import new_order_id
from altyn.operations.order_history import OrderLine
from altyn.operations.ports import OrderKey
from tests.builders import a_merchant, an_attempt, an_order

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


def details_of(order: Order) -> OrderDetails:
    return OrderDetails(
        order=order, merchant="test", events=(), postings=(), now=NOW, base_url="http://here:1"
    )


def actions(order: Order) -> str:
    return "\n".join(possible_actions(details_of(order)))


def test_unpaid_order_can_be_paid_until_its_session_expires() -> None:
    page = f"http://here:1/payment/merchants/test/payment_ru.html?mdOrder={ORDER.order_id}"

    assert page in actions(ORDER)
    assert f"altyn pay {ORDER.order_id}" in actions(ORDER)
    assert "21 November 2026, 15:20:00 (Moscow) (in 20 min)" in actions(ORDER)
    assert "refund.do" not in actions(ORDER)


def test_payout_waits_for_the_bank_and_is_finished_then() -> None:
    payout = replace(ORDER, two_phase=False, request=OrderRequest(payout=True))
    asked = payout.with_attempt(an_attempt(Kind.PAYOUT, number=1, state=AttemptState.ASKED))
    assert "the bank has not answered yet" in actions(asked)
    assert "pay on the page" not in actions(asked)
    assert "finished" not in actions(asked)
    done = replace(payout, status=OrderStatus.REFUNDED, paid_out_minor=1500_00)
    assert actions(done) == "nothing can be done: the order is finished"


def test_payout_shows_its_sum(capsys: pytest.CaptureFixture[str]) -> None:
    payout = replace(ORDER, two_phase=False, request=OrderRequest(payout=True))
    done = replace(payout, status=OrderStatus.REFUNDED, paid_out_minor=1500_00)
    print_order(details_of(done))
    shown = capsys.readouterr().out
    amount = money(1500_00, "643")
    assert f"to pay out {amount}  (to a card)" in shown
    assert f"paid out   {amount}" in shown


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


def a_line(**changes: object) -> OrderLine:
    line = OrderLine(
        key=OrderKey(7, ORDER.order_id),
        merchant="test",
        order_number="A-1",
        status=OrderStatus.DECLINED,
        currency="643",
        amount_minor=1500_00,
        approved_minor=0,
        deposited_minor=0,
        refunded_minor=0,
        action_code=-2007,
        created_at=NOW,
        description=None,
    )
    return replace(line, **changes)  # type: ignore[arg-type]


def test_list_fits_80_columns_and_cuts_no_id_number_or_amount(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_orders(
        [
            a_line(),
            a_line(order_number="N" * 32, merchant="m" * 30, amount_minor=999_999_999_999),
        ]
    )

    *names, first, second, third, fourth = capsys.readouterr().out.splitlines()
    assert [name.split()[0] for name in names] == ["Registered", "orderId"]
    assert first.split()[:4] == ["2026-11-21", "15:00:00", "declined", "(-2007)"]
    assert second == f"  {ORDER.order_id}  A-1"
    assert money(999_999_999_999, "643") in third
    assert fourth == f"  {ORDER.order_id}  {'N' * 32}"
    assert max(map(len, (first, second, third, fourth))) <= 80


def test_markup_and_controls_in_texts_from_outside_are_shown_as_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = "[/x]\x9b2J\u202e[red]:bug:"
    print_orders([a_line(order_number=hostile)])
    request = replace(ORDER.request, description=f"{hostile}\nnext")
    order = replace(ORDER, order_number=hostile, request=request)
    print_order(details_of(order))

    output = capsys.readouterr().out
    assert output.count("[/x]\\x9b2J\\u202e[red]:bug:") == 3
    assert "[red]:bug:\\nnext" in output


def test_card_that_is_not_enrolled_is_named() -> None:
    assert three_d_secure(ThreeDSData(version="1", ve_res="N")) == [
        "3-D Secure: the card is not enrolled"
    ]
    assert three_d_secure(ThreeDSData(version="2.2.0", ve_res="Y")) == ["3-D Secure 2.2.0"]
    assert three_d_secure(ThreeDSData()) == []


def test_amount_that_is_left_is_named_as_on_the_wire(capsys: pytest.CaptureFixture[str]) -> None:
    print_order(details_of(DEPOSITED))

    output = capsys.readouterr().out
    assert f"deposited  {money(1500_00, '643')}" in output
    assert f"refunded   {money(500_00, '643')}" in output
    assert f"left       {money(1000_00, '643')}  (depositedAmount of the status)" in output


def test_json_has_the_names_of_the_wire() -> None:
    members = order_members(DEPOSITED, a_merchant())

    assert members["orderId"] == str(ORDER.order_id)
    assert members["orderStatus"] == 2
    assert members["paymentAmountInfo"]["depositedAmount"] == 1000_00


@pytest.mark.parametrize(
    ("paid_at", "offered"),
    [(NOW, True), (NOW - timedelta(days=1), False)],
    ids=["paid today", "paid yesterday"],
)
def test_reversal_of_a_deposit_is_offered_on_its_business_day_only(
    paid_at: datetime, *, offered: bool
) -> None:
    order = replace(DEPOSITED, refunded_minor=0, deposited_at=paid_at)
    assert ("reverse.do: the whole amount, until midnight" in actions(order)) is offered
    assert "refund.do: up to" in actions(order)


def test_attempt_names_its_way(capsys: pytest.CaptureFixture[str]) -> None:
    order = replace(ORDER, attempts=(an_attempt(payment_way="SBRF_SBOL"),))
    print_order(details_of(order))
    assert " · way SBRF_SBOL · approved" in capsys.readouterr().out
