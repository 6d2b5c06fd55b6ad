"""How many times a 3-D Secure payment through the page loads and saves its order.

Each load and each save is a statement for PostgreSQL, and the payer waits for all of them in turn.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from altyn.protocol.threeds_version2 import pack_session_data
from altyn.storage.orders import OrderStore
from tests.integration.payment_page.page_client import ACS_CODE, RETURN_URL, PageClient

if TYPE_CHECKING:
    from altyn.domain.order import Order
    from altyn.operations.decisions import Accepted
    from altyn.operations.ports import OrderKey

ENROLLED = "4111111111111111"
CHALLENGED = "5000001111111115"
# The most that each payment may need, all its calls together. A change may only lower them.
VERSION_1_LOADS_MAX, VERSION_1_SAVES_MAX = 2, 3
VERSION_2_LOADS_MAX, VERSION_2_SAVES_MAX = 3, 4


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, str]]:
    """Counts loads and saves of the order store: ("load" or "save", order id) → times."""
    counts: Counter[tuple[str, str]] = Counter()
    load, save = OrderStore.load, OrderStore.save

    async def counted_load(store: OrderStore, key: OrderKey) -> Order | None:
        counts["load", str(key.order_id)] += 1
        return await load(store, key)

    async def counted_save(store: OrderStore, accepted: Accepted, **named: Any) -> bool:
        counts["save", str(accepted.order.order_id)] += 1
        return await save(store, accepted, **named)

    monkeypatch.setattr(OrderStore, "load", counted_load)
    monkeypatch.setattr(OrderStore, "save", counted_save)
    return counts


async def test_a_3d_secure_1_payment_needs_few_statements(
    client: PageClient, statements: Counter[tuple[str, str]]
) -> None:
    """processform.do stores the attempt; finish3ds.do stores the request and its response."""
    order_id = await client.register()
    step = await client.pay(order_id, ENROLLED)
    page = await client.at_bank(step, order_id, ACS_CODE)
    assert (await client.back(page)).location.startswith(RETURN_URL)
    assert statements["load", order_id] <= VERSION_1_LOADS_MAX
    assert statements["save", order_id] <= VERSION_1_SAVES_MAX


async def test_a_3d_secure_2_payment_with_a_challenge_needs_few_statements(
    client: PageClient, statements: Counter[tuple[str, str]]
) -> None:
    """As with version 1; processform.do is called again after the method step, and stores it."""
    order_id = await client.register()
    method = await client.pay(order_id, CHALLENGED)
    transaction = method["threeDSServerTransId"]
    step = await client.pay(order_id, CHALLENGED, threeDSServerTransId=transaction)
    page = await client.at_bank(
        {**step, "session": pack_session_data(order_id)}, order_id, ACS_CODE
    )
    assert (await client.back(page)).location.startswith(RETURN_URL)
    assert statements["load", order_id] <= VERSION_2_LOADS_MAX
    assert statements["save", order_id] <= VERSION_2_SAVES_MAX
