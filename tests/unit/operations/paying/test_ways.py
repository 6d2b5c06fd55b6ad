"""The ways to pay of a gateway: their names, and the orders that they are offered for."""

from __future__ import annotations

from typing import cast

import pytest

from altyn.domain.order import OrderRequest
from altyn.domain.refusals import Refusal
from altyn.operations.connector import Connector
from altyn.operations.decisions import Refused
from altyn.operations.paying.possible import possible_ways
from altyn.operations.paying.ways import PaymentWays, WayToPay
from tests.builders import a_merchant, an_order

CONNECTOR = cast("Connector", object())


def a_way(name: str, *, offered: bool = True) -> WayToPay:
    refused = None if offered else Refused(Refusal.AMOUNT_INVALID, "too much")
    return WayToPay(name=name, connector=CONNECTOR, refuse=lambda _order, _merchant: refused)


def test_two_ways_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="WALLET, WALLET"):
        PaymentWays((a_way("WALLET"), a_way("WALLET")))


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        (OrderRequest(), ["WALLET"]),
        (OrderRequest(features=("VERIFY",)), []),
        (OrderRequest(binding_id="b-1"), []),
    ],
)
def test_ways_are_offered_unless_the_order_is_for_a_card(
    request_: OrderRequest, names: list[str]
) -> None:
    card = WayToPay(name="CARD", connector=CONNECTOR)
    ways = PaymentWays((card, a_way("WALLET"), a_way("OTHER", offered=False)))
    order = an_order(request=request_)
    possible = possible_ways(order, a_merchant(), ways, has_stored_card=False)
    assert [way.name for way in possible.tiles] == names
