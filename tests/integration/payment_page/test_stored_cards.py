"""The page's methods for stored cards, as page sets of shops call them.

Source: payment-page.md §3.1, §3.3, §3.4.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

import pytest

from altyn.domain.merchant import Permission
from tests.integration.payment_page.page_client import ACS_CODE, DECLINED, PageClient
from tests.merchant_changes import permissions_off
from tests.shop import GOOD

ENROLLED: Final = "4111111111111111"
BINDING_UNKNOWN: Final = 2
MISSING: Final = "Этой карты нет среди ваших сохранённых карт. Возьмите другую."


@pytest.fixture
def payer() -> str:
    """The id of a client of whom the shop knows nothing."""
    return f"client {uuid4()}"


async def store(client: PageClient, payer: str, pan: str = GOOD, **more: str) -> str:
    answer = await client.shop.call(
        "createBindingNoPayment.do", clientId=payer, pan=pan, expiryDate="203512", **more
    )
    return str(answer["bindingId"])


async def listed(client: PageClient, payer: str) -> list[str]:
    answer = await client.shop.call("getBindings.do", clientId=payer)
    return [each["maskedPan"] for each in answer.get("bindings", [])]


async def pay(client: PageClient, order_id: str, binding: str, **more: str) -> dict[str, Any]:
    sent = {"orderId": order_id, "bindingId": binding, "cvc": "123", **more}
    answer = await client.call("processBindingForm.do", sent)
    return dict(answer.json())


async def remove(client: PageClient, order_id: str, binding: str) -> dict[str, Any]:
    sent = {"mdOrder": order_id, "bindingId": binding}
    answer = await client.call("unbindcardanon.do", sent)
    return dict(answer.json())


async def test_session_shows_the_cards_of_the_client(client: PageClient, payer: str) -> None:
    first, second = await store(client, payer), await store(client, payer, ENROLLED)
    await store(client, f"{payer} other")
    session = await client.session(await client.register(clientId=payer))
    assert session["bindingItems"] == [
        {
            "id": second,
            "label": "411111**1111 12/35",
            "paymentSystem": "VISA",
            "isMaestro": False,
        },
        {
            "id": first,
            "label": "555555**5599 12/35",
            "paymentSystem": "MASTERCARD",
            "isMaestro": False,
        },
    ]
    assert (session["bindingEnabled"], session["bindingDeactivationEnabled"]) == (True, True)


@pytest.mark.parametrize(
    "more", [{"bindingNotNeeded": "true"}, {"features": "FORCE_CREATE_BINDING"}]
)
async def test_session_does_not_ask_what_is_decided(
    client: PageClient, payer: str, more: dict[str, str]
) -> None:
    session = await client.session(await client.register(clientId=payer, **more))
    assert session["bindingEnabled"] is False


async def test_session_of_a_chosen_card_has_it_alone(client: PageClient, payer: str) -> None:
    binding = await store(client, payer)
    await store(client, payer, ENROLLED)
    session = await client.session(await client.register(clientId=payer, bindingId=binding))
    assert [each["id"] for each in session["bindingItems"]] == [binding]
    assert (session["bindingEnabled"], session["bindingDeactivationEnabled"]) == (False, False)


async def test_stored_card_pays(client: PageClient, payer: str) -> None:
    binding = await store(client, payer)
    order_id = await client.register(clientId=payer)
    answer = await pay(client, order_id, binding)
    assert (answer["errorCode"], "redirect" in answer) == (0, True)
    status = await client.status(order_id)
    assert (status["orderStatus"], status["paymentWay"]) == (2, "CARD_BINDING")
    assert status["bindingInfo"]["bindingId"] == binding


async def test_stored_card_goes_through_3d_secure(client: PageClient, payer: str) -> None:
    binding = await store(client, payer, ENROLLED)
    order_id = await client.register(clientId=payer)
    step = await pay(client, order_id, binding)
    await client.back(await client.at_bank(step, order_id, ACS_CODE))
    assert (await client.status(order_id))["orderStatus"] == 2


@pytest.mark.parametrize(
    ("sent", "field", "text"),
    [
        ({"cvc": "12"}, "$CVC", "В коде 3 цифры"),
        ({"bindingId": str(uuid4())}, "bindingId", MISSING),
        ({"bindingId": "no id"}, "bindingId", MISSING),
    ],
)
async def test_faults_stand_at_their_fields(
    client: PageClient, payer: str, sent: dict[str, str], field: str, text: str
) -> None:
    binding = await store(client, payer)
    order_id = await client.register(clientId=payer)
    answer = await pay(client, order_id, **{"binding": binding, **_renamed(sent)})
    assert answer["fieldErrors"] == {field: text}
    assert answer["errorCode"] != 0
    assert (await client.session(order_id))["attemptsLeft"] == 3


def _renamed(sent: dict[str, str]) -> dict[str, str]:
    return {"binding" if name == "bindingId" else name: value for name, value in sent.items()}


async def test_code_is_asked_unless_the_shop_may_do_without(client: PageClient, payer: str) -> None:
    binding = await store(client, payer)
    off = (Permission.SSL_WITHOUT_CVC, Permission.BINDING_WITHOUT_CVC)
    async with permissions_off(client.shop, *off):
        order_id = await client.register(clientId=payer)
        answer = await pay(client, order_id, binding, cvc="")
        assert answer["fieldErrors"] == {"$CVC": "Введите код с карты"}
        assert (await pay(client, order_id, binding))["errorCode"] == 0


@pytest.mark.parametrize("named", [False, True])
async def test_automatic_payment_with_a_stored_card_needs_no_cvc_and_no_3d_secure(
    client: PageClient, payer: str, *, named: bool
) -> None:
    """The payer has marked the card, or the registration has named it."""
    binding = await store(client, payer, ENROLLED)
    automatic = {"clientId": payer, "features": "AUTO_PAYMENT"}
    order_id = await client.register(**automatic, **({"bindingId": binding} if named else {}))
    assert (await client.session(order_id))["cvcNotRequired"] is True
    page = (await client.open(order_id)).text
    assert ('name="$CVC"' in page, 'name="$PAN"' in page) == (False, not named)
    answer = await pay(client, order_id, binding, cvc="")
    assert (answer["errorCode"], "redirect" in answer) == (0, True)
    status = await client.status(order_id)
    assert (status["orderStatus"], status["paymentWay"]) == (2, "CARD_BINDING")
    off = (Permission.AUTO_PAYMENT, Permission.SSL_WITHOUT_CVC, Permission.BINDING_WITHOUT_CVC)
    again = await client.register(**automatic)
    async with permissions_off(client.shop, *off):
        assert 'name="$CVC"' in (await client.open(again)).text
        assert (await pay(client, again, binding, cvc=""))["fieldErrors"].keys() == {"$CVC"}


async def test_card_of_another_client_cannot_pay(client: PageClient, payer: str) -> None:
    binding = await store(client, f"{payer} other")
    order_id = await client.register(clientId=payer)
    answer = await pay(client, order_id, binding)
    assert answer["fieldErrors"] == {"bindingId": MISSING}
    order_id = await client.register()
    answer = await pay(client, order_id, binding)
    assert answer["fieldErrors"] == {"bindingId": MISSING}


async def test_typed_card_is_kept_only_when_the_payer_agrees(
    client: PageClient, payer: str
) -> None:
    for sent, kept in (({"bindingNotNeeded": "true"}, []), ({"bindingNotNeeded": "false"}, [GOOD])):
        await client.pay(await client.register(clientId=payer), **sent)
        assert [masked[-4:] for masked in await listed(client, payer)] == [p[-4:] for p in kept]


async def test_declined_card_is_not_kept(client: PageClient, payer: str) -> None:
    order_id = await client.register(clientId=payer)
    await client.pay(order_id, DECLINED, bindingNotNeeded="false")
    assert await listed(client, payer) == []


async def test_payer_removes_own_cards_alone(client: PageClient, payer: str) -> None:
    own, other = await store(client, payer), await store(client, f"{payer} other")
    order_id = await client.register(clientId=payer)
    assert (await remove(client, order_id, other))["errorCode"] == BINDING_UNKNOWN
    assert (await remove(client, order_id, "no id"))["errorCode"] == BINDING_UNKNOWN
    assert await listed(client, f"{payer} other") == ["555555**5599"]
    for _ in range(2):  # the button may be pressed twice
        assert await remove(client, order_id, own) == {"errorCode": 0}
    assert await listed(client, payer) == []


async def test_chosen_card_cannot_be_removed_on_its_page(client: PageClient, payer: str) -> None:
    binding = await store(client, payer)
    order_id = await client.register(clientId=payer, bindingId=binding)
    assert (await remove(client, order_id, binding))["errorCode"] == BINDING_UNKNOWN
    assert await listed(client, payer) == ["555555**5599"]


async def test_page_of_a_paid_order_removes_nothing(client: PageClient, payer: str) -> None:
    binding = await store(client, payer)
    order_id = await client.register(clientId=payer)
    await pay(client, order_id, binding)
    assert (await remove(client, order_id, binding))["errorCode"] != 0
    assert await listed(client, payer) == ["555555**5599"]


async def test_card_is_not_removed_by_an_address(client: PageClient, payer: str) -> None:
    binding = await store(client, payer)
    order_id = await client.register(clientId=payer)
    for method in ("unbindcardanon.do", "processBindingForm.do"):
        parameters = {"mdOrder": order_id, "bindingId": binding}
        answer = await client.http.get(f"/payment/rest/{method}", parameters)
        assert answer.status == 405
    assert await listed(client, payer) == ["555555**5599"]


async def test_shop_without_the_permission_shows_no_cards(client: PageClient, payer: str) -> None:
    await store(client, payer)
    order_id = await client.register(clientId=payer)
    async with permissions_off(client.shop, Permission.BINDINGS):
        page = await client.open(order_id)
        assert 'name="bindingId"' not in page.text
        assert (await client.session(order_id))["bindingItems"] == []
        await client.pay(order_id, bindingNotNeeded="false")
        assert (await client.status(order_id))["orderStatus"] == 2


async def test_expired_card_is_not_offered(client: PageClient, payer: str) -> None:
    await store(client, payer)
    order_id = await client.register(clientId=payer)
    await client.wait(days=365 * 11)
    order_id = await client.register(clientId=payer)
    assert (await client.session(order_id))["bindingItems"] == []
