"""What of a registration has no effect, where the same call pays: it is named as in register.do.

Source: rest-orders.md §5.4 to §5.6, §6.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from altyn.domain.merchant import Permission
from tests.integration.bindings.test_binding_methods import listed, new_client, stored
from tests.integration.one_call.requests import a_call
from tests.integration.rest.test_ignored import IGNORED, RULE, details
from tests.merchant_changes import permissions_off
from tests.shop import CREDENTIALS, GOOD, Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

TERMS: Final = {
    "recurringFrequency": "7",
    "recurringExpiry": "20981231",
    "installments": "3",
    "totalInstallmentAmount": "450000",
}
STORES: Final = {"features": "FORCE_CREATE_BINDING"}


async def notes_of(shop: Shop, method: str, **fields: Any) -> list[str]:
    """The notes of a call in the rule header; those of the order's history are the same."""
    answer = await shop.post_json(f"/payment/rest/{method}", {**CREDENTIALS, **fields})
    history = await details(shop.gateway, answer.json()["orderId"])
    notes: list[str] = history[0].get(IGNORED, [])
    assert answer.headers.get(RULE, "") == "; ".join(notes)
    return notes


def about_all(why: str) -> list[str]:
    return [
        f"features: FORCE_CREATE_BINDING is without effect: {why}",
        f"recurringFrequency: without effect: {why}",
        f"installments: without effect: {why}",
    ]


async def test_payment_by_mail_or_telephone_has_a_note_that_it_stores_no_card(shop: Shop) -> None:
    client = new_client()
    sent = {**a_call(GOOD), "clientId": client, **STORES, **TERMS}
    why = "a payment by mail or telephone stores no card"
    notes = await notes_of(shop, "motoPayment.do", **sent)
    assert notes == [*about_all(why), f"clientId: kept with the order, but {why}"]
    assert await listed(shop, client) == []


async def test_payment_that_can_store_no_card_names_the_terms_and_the_feature(shop: Shop) -> None:
    sent = {**a_call(GOOD), "clientId": new_client(), **STORES, **TERMS}
    async with permissions_off(shop, Permission.BINDINGS):
        notes = await notes_of(shop, "instantPayment.do", **sent)
    assert notes == about_all("no card is stored: permission bindings is off")


async def test_card_check_that_can_store_no_card_names_the_feature(shop: Shop) -> None:
    sent = {**a_call(GOOD), "clientId": new_client(), **STORES}
    del sent["orderNumber"], sent["amount"]
    async with permissions_off(shop, Permission.BINDINGS):
        notes = await notes_of(shop, "verifyCard.do", **sent)
    assert notes == about_all("no card is stored: permission bindings is off")[:1]


async def test_payment_with_a_stored_card_names_the_terms_it_does_not_take(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    sent = {**a_call(GOOD), "clientId": client, "bindingId": binding, **TERMS}
    for name in ("pan", "expiry", "cardholderName"):
        del sent[name]
    why = "a payment with a stored card stores none"
    assert await notes_of(shop, "instantPayment.do", **sent) == about_all(why)[1:]


async def test_payment_that_stores_its_card_has_no_note(shop: Shop) -> None:
    client = new_client()
    sent = {**a_call(GOOD), "clientId": client, **STORES}
    assert await notes_of(shop, "instantPayment.do", **sent) == []
    assert len(await listed(shop, client)) == 1
