"""A payer removes a stored card on the payment page: the shop cannot bring it back.

Source: payment-page.md §3.4; rest-orders.md §6.3, §6.4.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from altyn.domain.card.values import Pan
from altyn.storage.card_store import CardStore
from tests.integration.bindings.test_binding_methods import listed, new_client, soap, stored
from tests.integration.bindings.test_paying import pay_stored
from tests.shop import GOOD, Shop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

GONE = {"errorCode": "2", "errorMessage": "Связка не найдена"}


async def removed(shop: Shop, client: str, binding: str) -> str:
    """An order of the client, on whose page the payer has removed the card."""
    order_id = await shop.register(1000, clientId=client)
    answer = await shop.call("unbindcardanon.do", mdOrder=order_id, bindingId=binding)
    assert answer["errorCode"] == 0
    return order_id


async def version_of(shop: Shop, binding: str) -> int:
    sql = "SELECT version FROM bindings WHERE binding_id = $1"
    version: int = await shop.pool.fetchval(sql, UUID(binding))
    return version


async def test_shop_cannot_enable_or_extend_what_the_payer_has_removed(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    order_id = await removed(shop, client, binding)
    assert await shop.call("bindCard.do", bindingId=binding) == GONE
    extended = await shop.call("extendBinding.do", bindingId=binding, newExpiry="209911")
    assert extended == GONE
    over_soap = await soap(shop, f"<mer:bindCard><bindingId>{binding}</bindingId></mer:bindCard>")
    assert over_soap.error_code == "2"
    assert (await pay_stored(shop, order_id, binding))["errorCode"] == 2
    (shown,) = await listed(shop, client, showInactive="true")
    assert (shown["bindingId"], shown["expiryDate"] != "209911") == (binding, True)
    assert await listed(shop, client) == []


async def test_card_that_the_shop_has_disabled_can_be_removed_too(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    await shop.call("unBindCard.do", bindingId=binding)
    assert (await shop.call("bindCard.do", bindingId=binding))["errorCode"] == "0"
    await shop.call("unBindCard.do", bindingId=binding)
    await removed(shop, client, binding)
    assert await shop.call("bindCard.do", bindingId=binding) == GONE


async def test_vault_keeps_no_number_that_its_payer_has_removed(shop: Shop) -> None:
    vault = shop.gateway.world.card.vault
    assert isinstance(vault, CardStore)
    pan, client = Pan("2202205000012424"), new_client()
    binding = await stored(shop, client, pan.reveal())
    merchant_id = (await shop.key(await removed(shop, client, binding))).merchant_id
    key = merchant_id, vault.fingerprint(merchant_id, pan)
    await vault.purge(await shop.travel(timedelta(days=8)))
    assert await vault.reveal(*key) is None


async def test_repeated_removal_changes_nothing(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    await removed(shop, client, binding)
    version = await version_of(shop, binding)
    await removed(shop, client, binding)
    assert await version_of(shop, binding) == version
    unbound = await shop.call("unBindCard.do", bindingId=binding)
    assert unbound["errorCode"] == "2"


async def test_payment_of_the_payer_keeps_the_card_again(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    await removed(shop, client, binding)
    await shop.pay(await shop.register(1000, clientId=client))
    (again,) = await listed(shop, client)
    assert again["bindingId"] != binding
    assert await shop.call("bindCard.do", bindingId=binding) == GONE
