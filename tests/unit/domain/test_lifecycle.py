"""The life of an order: events of the table happen, all others are refused."""

from itertools import product

import pytest

from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import LIFECYCLE, PAYABLE, TRANSITIONS, Event, OrderStatus
from altyn.operations.decisions import accept
from tests.builders import PAID_AT, an_order

PAIRS = list(product(OrderStatus, Event))
ENDS = {OrderStatus.REVERSED, OrderStatus.DECLINED}


def test_the_table_names_each_pair_once() -> None:
    assert len(TRANSITIONS) == len(LIFECYCLE)


@pytest.mark.parametrize(("status", "event"), PAIRS)
def test_present_pairs_move_and_absent_pairs_refuse(status: OrderStatus, event: Event) -> None:
    order = an_order(status=status)
    rows = [then for before, named, then in LIFECYCLE if (before, named) == (status, event)]
    assert order.allows(event) is bool(rows)
    if rows:
        assert accept(order, event, PAID_AT).order.status is rows[0]
    else:
        with pytest.raises(KeyError):
            accept(order, event, PAID_AT)


@pytest.mark.parametrize("event", Event)
def test_every_event_can_happen(event: Event) -> None:
    assert any(named is event for _, named, _ in LIFECYCLE)


@pytest.mark.parametrize("status", OrderStatus)
def test_every_status_can_be_reached(status: OrderStatus) -> None:
    reached, before = {OrderStatus.CREATED}, set[OrderStatus]()
    while reached != before:
        before = set(reached)
        reached |= {then for start, _, then in LIFECYCLE if start in reached}
    assert status in reached


@pytest.mark.parametrize("status", OrderStatus)
def test_final_status_has_no_transitions(status: OrderStatus) -> None:
    leads_on = any(start is status for start, _, _ in LIFECYCLE)
    assert leads_on is (status not in ENDS)


def test_no_transition_leads_back_to_payable_after_a_payment() -> None:
    for start, event, then in LIFECYCLE:
        assert start in PAYABLE or then not in PAYABLE, (start, event, then)


def test_event_without_a_transition_changes_no_status() -> None:
    accepted = accept(an_order(), HistoryEvent.PARAMS_ADDED, PAID_AT, params={"a": "1"})
    assert (accepted.order.status, accepted.order.version) == (OrderStatus.CREATED, 2)
    assert accepted.event == "params_added"
