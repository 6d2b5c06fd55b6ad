"""An action on an order in the account whose answer is lost: what its page says."""

from __future__ import annotations

from typing import Any

import pytest

from altyn.domain.merchant import Caller
from altyn.domain.operation import Operation
from altyn.inbound.personal_account.orders.performing import (
    Command,
    NotKnownYetError,
    Performer,
)
from altyn.operations.ports import ResultUnknown
from altyn.protocol.dialects.classic.methods import REFUND
from tests.integration.account.browser import BASE, Browser
from tests.integration.ways.customers import Customers
from tests.ways.wallet import Fault

pytestmark = pytest.mark.slow
ACTIONS = [
    ("complete", "amount=1000", True, (2, 1000_00, 1000_00, 0)),
    ("reverse", "", True, (3, 0, 0, 0)),
    ("refund", "amount=1000", False, (4, 1000_00, 0, 1000_00)),
]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(("action", "query", "two_phase", "done"), ACTIONS)
async def test_lost_answer_has_a_page_that_asks_not_to_repeat(
    customers: Customers,
    action: str,
    query: str,
    done: tuple[int, int, int, int],
    language: str,
    *,
    two_phase: bool,
) -> None:
    order_id = await customers.paid(1000_00, two_phase=two_phase)
    browser = Browser(customers.shop.gateway.router)
    await browser.log_in()
    order_page = f"{BASE}/orders/{order_id}"
    page = f"{order_page}/{action}"
    confirmation = await browser.get(f"{page}?{query}&lang={language}")
    customers.wallet.faults.append(Fault.RESPONSE_LOST)
    answer = await browser.post(page, **confirmation.form.fields)
    assert answer.status == 202, answer.text
    texts = {"ru": "Не повторяйте действие", "en": "Do not repeat the action"}
    assert texts[language] in answer.text
    assert f'href="{order_page}"' in answer.text
    again = await browser.post(page, **confirmation.form.fields)
    assert again.location == f"{order_page}?done=repeated"
    await customers.until(order_id, lambda status: status["orderStatus"] == done[0])
    await customers.must_be(order_id, *done)


async def test_lost_database_has_the_same_page(customers: Customers) -> None:
    world = customers.shop.gateway.world
    order = await world.orders.load(await customers.shop.key(await customers.paid(1000_00)))
    assert order is not None
    owner = await world.merchants.get(order.merchant_id)

    async def lost(*_: Any) -> Any:
        raise ResultUnknown("the outcome could not be saved; it is inquired about later")

    command = Command(
        method=REFUND,
        parameters={"orderId": str(order.order_id), "amount": "100"},
        order=order,
        caller=Caller(merchant=owner, login="anna", ip="192.0.2.7"),
        owner=owner,
        language="en",
    )
    with pytest.raises(NotKnownYetError):
        await Performer(world, {Operation.REFUND: lost}).perform(command)
