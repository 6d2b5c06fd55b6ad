"""A shop with its own MPI sends the result of 3-D Secure with the card: eci, cavv and xid.

Source: rest-orders.md §5.1; codes.md §5.2; merchant-settings.md §5.
"""

from __future__ import annotations

import base64
from typing import Any, Final

import pytest

from altyn.domain.merchant import Permission
from tests.integration.payment_page.page_client import PageClient, card
from tests.integration.payment_page.test_page_methods import ENROLLED, back_at_shop
from tests.integration.soap.soap_client import SoapResponse, envelope, send
from tests.merchant_changes import changed, permissions_off
from tests.shop import GOOD, acquirer_of

CAVV: Final = base64.b64encode(bytes(range(20))).decode()
XID: Final = base64.b64encode(b"x" * 20).decode()
DS_TRANSACTION: Final = "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"
MIR: Final = "2200000000000038"


async def pay(
    client: PageClient, pan: str = ENROLLED, *, features: str = "", **proof: str
) -> tuple[str, dict[str, Any]]:
    order_id = await client.register(features=features)
    form = {"MDORDER": order_id, **card(pan), "language": "en", **proof}
    return order_id, await client.shop.call("paymentOrder.do", **form)


async def test_payer_is_not_authenticated_again_and_the_bank_gets_the_proof(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquirer = acquirer_of(client.shop.gateway.world)
    asked = []
    ask = acquirer.ask

    async def watched(request: Any) -> Any:
        asked.append(request)
        return await ask(request)

    monkeypatch.setattr(acquirer, "ask", watched)
    order_id, answer = await pay(client, eci="05", cavv=CAVV, xid=XID)
    assert answer["redirect"] == back_at_shop(order_id, language="en")
    assert [(each.eci, each.cavv, each.xid) for each in asked] == [(5, CAVV, XID)]
    shown = (await client.status(order_id))["cardAuthInfo"]["secureAuthInfo"]
    assert shown == {"eci": 5, "threeDSInfo": {"cavv": CAVV, "xid": XID}}


@pytest.mark.parametrize(
    ("pan", "eci"), [(ENROLLED, "6"), (GOOD, "2"), (GOOD, "01"), (MIR, "02"), (MIR, "1")]
)
async def test_indicators_of_an_authenticated_payer(client: PageClient, pan: str, eci: str) -> None:
    _, answer = await pay(client, pan, eci=eci, cavv=CAVV, xid=DS_TRANSACTION)
    assert "redirect" in answer


@pytest.mark.parametrize(("pan", "eci"), [(ENROLLED, "7"), (GOOD, "0"), (GOOD, "07"), (MIR, "3")])
async def test_indicator_without_authentication_pays_by_ssl_where_the_shop_may(
    client: PageClient, pan: str, eci: str
) -> None:
    _, answer = await pay(client, pan, eci=eci)
    assert "redirect" in answer
    async with permissions_off(client.shop, Permission.SSL_ALLOWED):
        _, answer = await pay(client, pan, eci=eci)
        assert answer["actionCode"] == 2003


@pytest.mark.parametrize(
    ("pan", "eci"), [(ENROLLED, "2"), (GOOD, "5"), (MIR, "7"), (ENROLLED, "0")]
)
async def test_indicator_of_another_payment_system_is_declined(
    client: PageClient, pan: str, eci: str
) -> None:
    _, answer = await pay(client, pan, eci=eci, cavv=CAVV)
    assert (answer["errorCode"], answer["actionCode"]) == (0, -2020)


@pytest.mark.parametrize(
    ("feature", "eci", "code"),
    [
        ("FORCE_FULL_TDS", "6", -2017),
        ("FORCE_FULL_TDS", "7", 2005),
        ("FORCE_TDS", "7", 2005),
        ("FORCE_FULL_TDS", "5", 0),
        ("FORCE_TDS", "6", 0),
    ],
)
async def test_features_demand_a_level(
    client: PageClient, feature: str, eci: str, code: int
) -> None:
    _, answer = await pay(client, features=feature, eci=eci, cavv=CAVV)
    assert answer.get("actionCode", 0) == code


async def test_shop_that_must_authenticate_may_do_it_itself(client: PageClient) -> None:
    required = ["external_mpi", "one_phase", "order_number_generation", "paymentorder_s2s"]
    required += ["three_ds_required"]
    async with changed(client.shop, {"permissions": required}):
        _, answer = await pay(client, eci="5", cavv=CAVV)
        assert "redirect" in answer
        _, answer = await pay(client, eci="7")
        assert answer["actionCode"] == 2005


async def test_result_without_the_permission_is_refused(client: PageClient) -> None:
    async with permissions_off(client.shop, Permission.EXTERNAL_MPI):
        order_id, answer = await pay(client, eci="5", cavv=CAVV)
        assert (answer["errorCode"], answer["errorMessage"]) == (5, "Access denied.")
        assert (await client.session(order_id))["attemptsLeft"] == 3


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        ({"cavv": CAVV}, "[cavv] is invalid."),
        ({"xid": XID}, "[xid] is invalid."),
        ({"eci": "5"}, "[eci] is invalid."),
        ({"eci": "05", "cavv": "AAA="}, "[cavv] is invalid."),
        ({"eci": "5", "cavv": CAVV, "xid": "1"}, "[xid] is invalid."),
        ({"eci": "x", "cavv": CAVV}, "[eci] is invalid."),
        (
            {"eci": "5", "cavv": CAVV, "threeDSServerTransId": DS_TRANSACTION},
            "[eci] is invalid.",
        ),
    ],
)
async def test_incomplete_results_are_refused(
    client: PageClient, proof: dict[str, str], message: str
) -> None:
    order_id, answer = await pay(client, **proof)
    assert (answer["errorCode"], answer["errorMessage"]) == (5, message)
    assert (await client.session(order_id))["attemptsLeft"] == 3


async def test_page_takes_no_result_from_a_browser(client: PageClient) -> None:
    order_id = await client.register()
    assert "paReq" in await client.pay(order_id, ENROLLED, eci="5", cavv=CAVV, xid=XID)


async def test_soap_sends_the_result_too(client: PageClient) -> None:
    async def sent(**proof: str) -> SoapResponse:
        order_id = await client.register()
        named = {"orderId": order_id, "pan": ENROLLED, "cvc": "123", "year": "2099", "month": "12"}
        named |= {"cardholderName": "A", **proof}
        text = " ".join(f'{name}="{value}"' for name, value in named.items())
        body = f"<mer:paymentOrder><order {text}/></mer:paymentOrder>"
        return await send(client.shop.gateway, envelope(body))

    paid = await sent(eci="5", cavv=CAVV, xid=XID)
    assert paid.returned.get("redirect")
    assert (await sent(eci="5")).error_code == "5"
