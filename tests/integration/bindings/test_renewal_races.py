"""A payment that renews a stored card meets another change of that card.

The payment has loaded the stored card before the other change is saved: the order of the steps is
forced. Source: rest-orders.md §6.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from uuid import UUID

import pytest

from altyn.domain.card.binding import Binding
from altyn.storage.bindings import BindingStore
from tests.integration.bindings.test_binding_methods import listed, new_client
from tests.integration.bindings.test_paying import paid_binding
from tests.shop import Shop, card_fields

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

RENEWED: Final = "209811"
AfterLoad = Callable[[], Awaitable[object]]


def after_load(shop: Shop, monkeypatch: pytest.MonkeyPatch, step: AfterLoad, times: int) -> None:
    """Run the step whenever a payment has loaded the client's stored cards, so many times."""
    store = shop.gateway.world.bindings.store
    load, left = store.of_client, times

    async def of_client(merchant_id: int, client_id: str) -> Sequence[Binding]:
        nonlocal left
        found = await load(merchant_id, client_id)
        if left:
            left -= 1
            await step()
        return found

    assert isinstance(store, BindingStore)
    monkeypatch.setattr(store, "of_client", of_client)


async def pay_with_expiry(shop: Shop, client: str, expiry: str) -> str:
    """Pay an order with the client's card, reissued; the order's id."""
    order_id = await shop.register(1000, clientId=client)
    await shop.call("paymentorder.do", **{**card_fields(order_id), "$EXPIRY": expiry})
    return order_id


async def row_of(shop: Shop, binding: str) -> dict[str, Any]:
    row = await shop.pool.fetchrow("SELECT * FROM bindings WHERE binding_id = $1", UUID(binding))
    assert row is not None
    return dict(row)


async def binding_of(shop: Shop, order_id: str) -> str:
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert status["orderStatus"] == 2, status
    found: str = status["bindingInfo"]["bindingId"]
    return found


async def test_card_that_is_removed_during_its_renewal_stays_removed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payment comes after the removal: it stores the card again, with an id of its own."""
    client = new_client()
    binding = await paid_binding(shop, client)
    before = await row_of(shop, binding)

    async def remove() -> None:
        await shop.call("unBindCard.do", bindingId=binding)

    after_load(shop, monkeypatch, remove, times=1)
    order_id = await pay_with_expiry(shop, client, RENEWED)
    removed = await row_of(shop, binding)
    assert (removed["active"], removed["version"]) == (False, 2)
    assert removed["expiry"] == before["expiry"]
    (one,) = await listed(shop, client)
    assert (one["bindingId"], one["expiryDate"]) == (await binding_of(shop, order_id), RENEWED)
    assert one["bindingId"] != binding


async def test_card_that_is_extended_during_its_renewal_has_both_versions(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = new_client()
    binding = await paid_binding(shop, client)

    async def extend() -> None:
        await shop.call("extendBinding.do", bindingId=binding, newExpiry="209901")

    after_load(shop, monkeypatch, extend, times=1)
    order_id = await pay_with_expiry(shop, client, RENEWED)
    renewed = await row_of(shop, binding)
    assert (renewed["expiry"], renewed["version"]) == (RENEWED, 3)
    assert await binding_of(shop, order_id) == binding


async def test_card_that_two_payments_renew_at_once_is_renewed_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have loaded the same version; their saves may share a statement."""
    client = new_client()
    binding = await paid_binding(shop, client)
    both = asyncio.Barrier(2)
    after_load(shop, monkeypatch, both.wait, times=2)
    expiries = ("209811", "209812")
    orders = await asyncio.gather(*(pay_with_expiry(shop, client, each) for each in expiries))
    renewed = await row_of(shop, binding)
    assert renewed["version"] == 3
    assert renewed["expiry"] in expiries
    assert [await binding_of(shop, each) for each in orders] == [binding] * 2
