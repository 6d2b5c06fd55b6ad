"""Parameters added to an order: they are merged, and the same pairs again change nothing."""

from altyn.operations.add_params import decide_params
from altyn.operations.decisions import Accepted, Unchanged
from tests.builders import PAID_AT, an_order


def test_pairs_are_added_and_replaced() -> None:
    order = an_order(params={"a": "1", "b": "2"})
    decision = decide_params(order, {"b": "3", "c": "4"}, PAID_AT)
    assert isinstance(decision, Accepted)
    assert decision.order.params == {"a": "1", "b": "3", "c": "4"}
    assert decision.order.status is order.status
    assert decision.detail == {"names": ["b", "c"]}


def test_the_same_pairs_again_change_nothing() -> None:
    order = an_order(params={"a": "1"})
    assert decide_params(order, {"a": "1"}, PAID_AT) == Unchanged(order)
    assert decide_params(order, {}, PAID_AT) == Unchanged(order)
