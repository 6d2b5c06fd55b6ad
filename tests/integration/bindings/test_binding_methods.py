"""The methods of stored cards: store without a payment, list, disable, enable, extend.

Source: rest-orders.md §6.
"""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from altyn.domain.card.values import Pan
from altyn.domain.merchant import Permission
from altyn.storage.card_store import CardStore
from altyn.storage.demo import DEMO_CHILD_LOGIN
from tests.integration.soap.soap_client import SoapResponse, envelope, send
from tests.merchant_changes import changed, permissions_off
from tests.shop import CREDENTIALS, Shop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

VISA: Final = "4111111111111111"
OTHER: Final = "5555555555555599"
EXPIRY: Final = "209912"
UNKNOWN: Final = "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f"
NOT_FOUND: Final = {"errorCode": "2", "errorMessage": "Связка не найдена"}
NONE_FOUND: Final = {"errorCode": "2", "errorMessage": "Информация не найдена", "bindings": []}
DONE: Final = {"errorCode": "0", "errorMessage": "Успешно"}


def new_client() -> str:
    return f"client {uuid4()}"


async def stored(shop: Shop, client: str, pan: str = VISA, **more: object) -> str:
    answer = await shop.call(
        "createBindingNoPayment.do", clientId=client, pan=pan, expiryDate=EXPIRY, **more
    )
    assert answer["errorCode"] == "0", answer
    binding_id: str = answer["bindingId"]
    return binding_id


async def listed(shop: Shop, client: str, **more: object) -> list[dict[str, Any]]:
    answer = await shop.call("getBindings.do", clientId=client, **more)
    bindings: list[dict[str, Any]] = answer.get("bindings", [])
    return bindings


async def test_stored_card_is_listed_as_the_reference_shows_it(shop: Shop) -> None:
    client = new_client()
    answer = await shop.call(
        "createBindingNoPayment.do",
        clientId=client,
        pan=VISA,
        expiryDate=EXPIRY,
        cardholderName="IVAN PETROV",
    )
    assert answer == {
        **DONE,
        "bindingId": answer["bindingId"],
        "clientId": client,
        "cardholderName": "IVAN PETROV",
        "expiryDate": EXPIRY,
        "maskedPan": "411111**1111",
    }
    assert await shop.call("getBindings.do", clientId=client) == {
        **DONE,
        "bindings": [
            {
                "bindingId": answer["bindingId"],
                "maskedPan": "411111**1111",
                "expiryDate": EXPIRY,
                "clientId": client,
                "paymentWay": "CARD",
                "paymentSystem": "VISA",
                "displayLabel": "XXXXXXXXXXXX1111",
                "bindingCategory": "COMMON",
                "bindingStatus": "1",
            }
        ],
    }


async def test_client_has_a_card_once_and_a_new_expiry_renews_it(shop: Shop) -> None:
    client = new_client()
    first = await stored(shop, client)
    again = await shop.call(
        "createBindingNoPayment.do", clientId=client, pan=VISA, expiryDate="209811"
    )
    assert (again["bindingId"], again["expiryDate"]) == (first, "209811")
    assert await stored(shop, client, OTHER) != first
    assert len(await listed(shop, client)) == 2


async def test_parameters_without_effect_are_named(shop: Shop) -> None:
    """A stored card keeps no attributes, and none counts as checked by a payment elsewhere."""
    card = {**CREDENTIALS, "clientId": new_client(), "pan": VISA, "expiryDate": EXPIRY}
    attributes = "additionalParameters: ignored: a stored card keeps no attributes"
    no_payment = "the card is stored as NO_PAYMENT, because no first payment is named"
    for more, note in (
        ({"additionalParameters": {"table": "12"}}, attributes),
        ({"additionalParameters": "x"}, "additionalParameters: not read as"),
        ({"bindingStrength": "NO_PAYMENT"}, ""),
        ({"bindingStrength": "TDS_SSL"}, f"bindingStrength: ignored: {no_payment}"),
        ({"bindingStrength": "IRON"}, "bindingStrength: not read as"),
    ):
        sent = {**card, **more}
        answer = await shop.post_json("/payment/rest/createBindingNoPayment.do", sent)
        assert answer.json()["errorCode"] == "0"
        assert answer.headers.get("x-altyn-rule", "").startswith(note)
        assert bool(note) is ("x-altyn-rule" in answer.headers)
    entries = "<entry><key>table</key><value>12</value></entry>"
    body = (
        f"<mer:createBindingNoPayment><request><additionalParameters>{entries}"
        f"</additionalParameters><clientId>{card['clientId']}</clientId><expiryDate>{EXPIRY}"
        f"</expiryDate><pan>{VISA}</pan></request></mer:createBindingNoPayment>"
    )
    created = await soap(shop, body)
    assert created.error_code == "0"
    assert created.http.headers["x-altyn-rule"] == attributes


@pytest.mark.parametrize(("kind", "shown"), [("C", 1), ("CR", 1), ("cr", 1), ("R", 0), ("I", 0)])
async def test_list_has_the_kinds_that_were_asked_for(shop: Shop, kind: str, shown: int) -> None:
    client = new_client()
    await stored(shop, client)
    assert len(await listed(shop, client, bindingType=kind)) == shown


async def test_same_card_bound_twice_at_once_is_one_stored_card(shop: Shop) -> None:
    client = new_client()
    ids = await asyncio.gather(*(stored(shop, client) for _ in range(8)))
    assert len(set(ids)) == 1
    (one,) = await listed(shop, client)
    assert one["bindingId"] == ids[0]


async def test_clients_with_one_card_have_stored_cards_of_their_own(shop: Shop) -> None:
    first, second = new_client(), new_client()
    ids = {await stored(shop, first), await stored(shop, second)}
    assert len(ids) == 2
    found = await shop.call("getBindingsByCardOrId.do", pan=VISA)
    assert ids <= {each["bindingId"] for each in found["bindings"]}
    by_id = await shop.call("getBindingsByCardOrId.do", bindingId=ids.pop())
    assert by_id == found
    assert await shop.call("getBindingsByCardOrId.do", pan=VISA, bindingId=UNKNOWN) == found


async def test_disabled_card_is_hidden_and_can_be_enabled_again(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client)
    assert await shop.call("unBindCard.do", bindingId=binding) == DONE
    inactive = await shop.call("unbindcard.do", bindingId=binding)
    assert inactive == {"errorCode": "2", "errorMessage": "Связка неактивна"}
    assert await shop.call("getBindings.do", clientId=client) == NONE_FOUND
    (hidden,) = await listed(shop, client, showInactive="true")
    assert (hidden["bindingId"], hidden["bindingStatus"]) == (binding, "0")
    assert await shop.call("bindCard.do", bindingId=binding) == DONE
    active = await shop.call("bindCard.do", bindingId=binding, language="en")
    assert active == {"errorCode": "2", "errorMessage": "Binging is active"}


async def test_disabled_card_stays_disabled_when_it_was_stored_again(shop: Shop) -> None:
    client = new_client()
    first = await stored(shop, client)
    await shop.call("unBindCard.do", bindingId=first)
    second = await stored(shop, client)
    assert second != first
    answer = await shop.call("bindCard.do", bindingId=first)
    assert answer == {"errorCode": "2", "errorMessage": "Связка уже создана"}
    assert [each["bindingId"] for each in await listed(shop, client)] == [second]


async def test_of_concurrent_changes_one_is_made(shop: Shop) -> None:
    binding = await stored(shop, new_client())
    answers = await asyncio.gather(
        *(shop.call("unBindCard.do", bindingId=binding) for _ in range(8))
    )
    assert Counter(each["errorCode"] for each in answers) == {"0": 1, "2": 7}


async def test_expired_card_is_hidden_until_it_is_extended(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client)
    now = shop.clock.now()
    this_month = f"{now:%Y%m}"
    assert await shop.call("extendBinding.do", bindingId=binding, newExpiry=this_month) == DONE
    assert len(await listed(shop, client)) == 1
    await shop.travel(timedelta(days=32))
    assert await shop.call("getBindings.do", clientId=client) == NONE_FOUND
    (expired,) = await listed(shop, client, showExpired="true")
    assert expired["expiryDate"] == this_month
    over = await shop.call("extendBinding.do", bindingId=binding, newExpiry=this_month)
    assert over == {"errorCode": "1", "errorMessage": "Неверный [newExpiry]"}
    assert await shop.call("extendBinding.do", bindingId=binding, newExpiry=EXPIRY) == DONE
    assert len(await listed(shop, client)) == 1


@pytest.mark.parametrize(
    ("method", "fields", "expected"),
    [
        (
            "getBindings.do",
            {},
            {"errorCode": "1", "errorMessage": "[clientId] не задан", "bindings": []},
        ),
        ("getBindings.do", {"clientId": "none of ours"}, NONE_FOUND),
        ("getBindings.do", {"bindingId": UNKNOWN}, NONE_FOUND),
        ("getBindings.do", {"bindingId": "x"}, NONE_FOUND),
        (
            "getBindingsByCardOrId.do",
            {},
            {"errorCode": "1", "errorMessage": "Не заполнены pan и bindingId", "bindings": []},
        ),
        ("getBindingsByCardOrId.do", {"bindingId": UNKNOWN}, NONE_FOUND),
        ("bindCard.do", {}, {"errorCode": "5", "errorMessage": "[bindingId] не задан"}),
        ("bindCard.do", {"bindingId": UNKNOWN}, NOT_FOUND),
        ("unBindCard.do", {"bindingId": UNKNOWN}, NOT_FOUND),
        ("extendBinding.do", {"bindingId": UNKNOWN, "newExpiry": EXPIRY}, NOT_FOUND),
        (
            "extendBinding.do",
            {"bindingId": UNKNOWN, "newExpiry": "209913"},
            {"errorCode": "1", "errorMessage": "Неверный [newExpiry]"},
        ),
        (
            "paymentOrderBinding.do",
            {"bindingId": UNKNOWN},
            {
                "errorCode": 5,
                "error": "[mdOrder] не задан",
                "errorMessage": "[mdOrder] не задан",
                "is3DSVer2": False,
            },
        ),
    ],
)
async def test_refusals_of_the_reference(
    shop: Shop, method: str, fields: dict[str, str], expected: dict[str, object]
) -> None:
    assert await shop.call(method, **fields) == expected


async def test_stored_card_of_another_merchant_is_unknown(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client)
    for method in ("unBindCard.do", "bindCard.do"):
        answer = await shop.call(method, bindingId=binding, merchantLogin=DEMO_CHILD_LOGIN)
        assert answer == NOT_FOUND
    for fields in ({"clientId": client}, {"bindingId": binding}):
        answer = await shop.call("getBindings.do", merchantLogin=DEMO_CHILD_LOGIN, **fields)
        assert answer == NONE_FOUND


async def test_permissions(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client)
    denied = {"errorCode": "5", "errorMessage": "Доступ запрещён"}
    denied_list = {**denied, "bindings": []}
    async with permissions_off(shop, Permission.BINDINGS):
        assert await shop.call("getBindings.do", clientId=client) == denied_list
        assert await shop.call("unBindCard.do", bindingId=binding) == denied
    async with permissions_off(shop, Permission.BINDINGS_BY_CARD):
        assert await shop.call("getBindingsByCardOrId.do", pan=VISA) == denied_list
        by_id = await shop.call("getBindingsByCardOrId.do", bindingId=binding)
        assert by_id["errorCode"] == "0"
    async with permissions_off(shop, Permission.CREATE_BINDING):
        answer = await shop.call(
            "createBindingNoPayment.do", clientId=client, pan=VISA, expiryDate=EXPIRY
        )
        assert answer == denied


async def test_callbacks_go_to_the_shops_own_address(shop: Shop) -> None:
    async with changed(shop, {"callbacks.urls": "https://shop.example/callback"}):
        client = new_client()
        binding = await stored(shop, client)
        await shop.call("unBindCard.do", bindingId=binding)
        await shop.call("bindCard.do", bindingId=binding)
    rows = await shop.pool.fetch(
        "SELECT operation, parameters->>'enabled' AS enabled, parameters->>'clientId' AS client"
        " FROM outbox WHERE subject_id = $1 ORDER BY version",
        binding,
    )
    assert [tuple(row) for row in rows] == [
        ("bindingCreated", None, client),
        ("bindingActivityChanged", "false", client),
        ("bindingActivityChanged", "true", client),
    ]


async def test_vault_keeps_a_card_while_a_stored_card_needs_it(shop: Shop) -> None:
    vault = shop.gateway.world.card.vault
    assert isinstance(vault, CardStore)
    pan = Pan("2202205000012424")
    client = new_client()
    binding = await stored(shop, client, pan.reveal())
    merchant = await shop.gateway.world.merchants.by_login("test")
    assert merchant is not None
    key = merchant.merchant_id, vault.fingerprint(merchant.merchant_id, pan)
    later = await shop.travel(timedelta(days=400))
    await vault.purge(later)
    assert await vault.reveal(*key) == pan
    await shop.call("unBindCard.do", bindingId=binding)
    await vault.purge(later + timedelta(days=29))
    assert await vault.reveal(*key) == pan
    await vault.purge(later + timedelta(days=31))
    assert await vault.reveal(*key) is None
    assert await shop.call("bindCard.do", bindingId=binding) == NOT_FOUND


async def test_soap_has_the_same_methods(shop: Shop) -> None:
    client = new_client()
    created = await soap(
        shop,
        "<mer:createBindingNoPayment><request><additionalParameters/>"
        f"<cardholderName>IVAN PETROV</cardholderName><clientId>{client}</clientId>"
        f"<expiryDate>{EXPIRY}</expiryDate><pan>{VISA}</pan></request></mer:createBindingNoPayment>",
    )
    binding = created.returned.findtext("bindingId") or ""
    listing = (
        f'<mer:getBindings><request clientId="{client}" showExpired="false"/></mer:getBindings>'
    )
    (one,) = (await soap(shop, listing)).returned.findall("bindings/binding")
    assert one.attrib == {
        "bindingId": binding,
        "maskedPan": "411111**1111",
        "expiryDate": EXPIRY,
        "clientId": client,
        "paymentWay": "CARD",
    }
    unbound = await soap(shop, f"<mer:unBindCard><bindingId>{binding}</bindingId></mer:unBindCard>")
    assert unbound.error_code == "0"
    assert (await soap(shop, listing)).error_code == "2"


async def soap(shop: Shop, body: str) -> SoapResponse:
    return await send(shop.gateway, envelope(body))
