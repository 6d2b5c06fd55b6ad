"""The payer's address is recorded when the page is opened, while the order may still be paid."""

from datetime import timedelta

import pytest

from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import PAYABLE, OrderStatus
from altyn.operations.decisions import Accepted, Unchanged
from altyn.operations.paying.payer_address import decide_payer_address
from tests.builders import REGISTERED_AT, an_order

NOW = REGISTERED_AT + timedelta(seconds=5)


@pytest.mark.parametrize("status", sorted(PAYABLE))
@pytest.mark.parametrize("before", [None, "198.51.100.7"])
def test_new_payer_address_is_recorded(status: OrderStatus, before: str | None) -> None:
    order = an_order(status=status, payer_ip=before)
    decision = decide_payer_address(order, "203.0.113.9", NOW)
    assert isinstance(decision, Accepted)
    assert decision.event == HistoryEvent.PAYER_SEEN
    assert (decision.order.payer_ip, decision.order.status) == ("203.0.113.9", status)
    assert decision.order.version == order.version + 1


@pytest.mark.parametrize("ip", ["", "203.0.113.9"])
def test_empty_or_equal_payer_address_changes_nothing(ip: str) -> None:
    order = an_order(payer_ip="203.0.113.9")
    assert decide_payer_address(order, ip, NOW) == Unchanged(order)


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - PAYABLE))
def test_payer_address_of_a_finished_order_is_kept(status: OrderStatus) -> None:
    order = an_order(status=status, payer_ip="198.51.100.7")
    assert decide_payer_address(order, "203.0.113.9", NOW) == Unchanged(order)
