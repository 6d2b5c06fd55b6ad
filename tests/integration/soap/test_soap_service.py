"""The SOAP service in front of a whole gateway: who may ask, what, and what is answered.

Source: soap.md §1.2, §2, §3, §6; 001 (WSDL interface).
"""

from __future__ import annotations

from uuid import UUID

import pytest

from altyn.inbound.soap.security import NOT_PROCESSED
from altyn.main import Gateway
from altyn.operations.ports import OrderKey
from altyn.protocol.dialects.classic.soap.names import MESSAGE_NAMESPACES, SOAP_ENVELOPE
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS
from altyn.storage.demo import DEMO_API_LOGIN, DEMO_PASSWORD
from tests.asgi_client import AsgiClient
from tests.integration.rest.logbook import Logbook
from tests.integration.soap.soap_client import (
    MER,
    REGISTER,
    TEXT_XML,
    UNKNOWN_ORDER,
    ask,
    envelope,
    registered,
    send,
    signed,
    status_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

# ── The founding documents' own messages ──────────────────────────────────────────────────────────


async def test_the_registration_of_the_founding_document_works(gateway: Gateway) -> None:
    response = await send(
        gateway,
        f"""
<soapenv:Envelope xmlns:soapenv="{SOAP_ENVELOPE}" xmlns:mer="{MER}">
<soapenv:Header>{signed()}</soapenv:Header>
<soapenv:Body>
  <mer:registerOrder>
    <order amount="15000">
      <returnUrl>https://test.ru</returnUrl>
    </order>
  </mer:registerOrder>
</soapenv:Body>
</soapenv:Envelope>
""",
    )
    assert response.http.status == 200
    assert response.tag == f"{{{MER}}}registerOrderResponse"
    assert response.error_code == "0"
    order_id = response.returned.get("orderId")
    form_url = response.returned.findtext("formUrl")
    assert order_id
    assert form_url
    assert form_url.endswith(f"mdOrder={order_id}")


async def test_the_status_request_of_the_founding_document_works(gateway: Gateway) -> None:
    order_id = await registered(gateway)
    response = await ask(
        gateway,
        f"""
    <mer:getOrderStatusExtended>
        <order orderId="{order_id}"
language="en">
            <!--Optional:-->
            <merchantOrderNumber> </merchantOrderNumber>
        </order>
    </mer:getOrderStatusExtended>
""",
    )
    assert response.tag == f"{{{MER}}}getOrderStatusExtendedResponse"
    assert response.error_code == "0"
    assert response.returned.get("orderStatus") == "0"
    assert response.returned.get("amount") == "15000"


@pytest.mark.parametrize("namespace", MESSAGE_NAMESPACES)
async def test_an_answer_has_the_namespace_of_its_request(gateway: Gateway, namespace: str) -> None:
    response = await send(gateway, envelope(REGISTER, namespace=namespace))
    assert response.tag == f"{{{namespace}}}registerOrderResponse"


async def test_rest_and_soap_find_the_same_order(gateway: Gateway) -> None:
    order_id = await registered(gateway)
    who = {"userName": DEMO_API_LOGIN, "password": DEMO_PASSWORD, "orderId": order_id}
    answer = await AsgiClient(gateway.router).post("/payment/rest/getOrderStatusExtended.do", who)
    assert answer.json()["amount"] == 15000


# ── Who may ask ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("login", "password"),
    [(DEMO_API_LOGIN, "wrong"), ("unknown", DEMO_PASSWORD), (DEMO_API_LOGIN.upper(), "x")],
)
async def test_wrong_credentials_are_a_fault(gateway: Gateway, login: str, password: str) -> None:
    response = await send(gateway, envelope(REGISTER, signed(login, password)))
    assert response.http.status == 500
    assert response.fault_code == "wsse:FailedAuthentication"
    assert response.fault_text == "The security token could not be authenticated or authorized"


async def test_missing_credentials_are_a_fault(gateway: Gateway) -> None:
    response = await send(gateway, envelope(REGISTER, ""))
    assert response.http.status == 500
    assert response.fault_code == "wsse:InvalidSecurity"
    assert response.fault_text == NOT_PROCESSED


@pytest.mark.parametrize(
    ("login", "ip", "text"),
    [
        ("test-new-api", "203.0.113.9", "Пользователь должен сменить свой пароль"),
        ("test-blocked-api", "203.0.113.9", "Пользователь отключён"),
        ("shut-api", "203.0.113.9", "Пользователь отключён"),
        ("local-api", "203.0.113.9", "Доступ запрещён"),
        ("local-api", "10.1.2.3", "Успешно"),
    ],
)
async def test_a_user_who_may_not_call_gets_an_answer_and_no_fault(
    gateway: Gateway, login: str, ip: str, text: str
) -> None:
    response = await ask(gateway, REGISTER, login, ip=ip)
    assert response.http.status == 200
    assert response.error_code == ("0" if text == "Успешно" else "5")
    assert response.returned.get("errorMessage") == text
    assert (response.returned.get("orderId") is None) is (text != "Успешно")


async def test_a_missing_permission_is_an_answer(gateway: Gateway) -> None:
    reverse = f'<mer:reverseOrder><order orderId="{UNKNOWN_ORDER}"/></mer:reverseOrder>'
    response = await ask(gateway, reverse, "closed-api")
    assert response.error_code == "5"
    assert "permission" in response.http.headers["x-altyn-rule"]


async def test_credentials_of_the_body_are_ignored(gateway: Gateway) -> None:
    body = (
        f'<mer:registerOrder><order amount="1" userName="{DEMO_API_LOGIN}"'
        f' password="{DEMO_PASSWORD}"><userName>{DEMO_API_LOGIN}</userName>'
        f"<password>{DEMO_PASSWORD}</password></order></mer:registerOrder>"
    )
    response = await send(gateway, envelope(body, signed("unknown", "wrong")))
    assert response.fault_code == "wsse:FailedAuthentication"


async def test_a_shop_may_act_for_its_child(gateway: Gateway) -> None:
    child = await ask(gateway, REGISTER, "merch_child-api")
    order_id = child.returned.get("orderId")
    reverse = '<mer:reverseOrder><order orderId="{}" merchantLogin="{}"/></mer:reverseOrder>'
    response = await ask(gateway, reverse.format(order_id, "merch_child"))
    assert response.error_code == "7"  # found, and not paid
    denied = await ask(gateway, reverse.format(order_id, "stranger"))
    assert denied.error_code == "5"


@pytest.mark.parametrize(
    "address",
    [
        '<billingPayerData billingAddressLine1="Arbat 1" billingPostalCode="101000"/>',
        (
            "<billingPayerData><billingAddressLine1>Arbat 1</billingAddressLine1>"
            "<billingPostalCode>101000</billingPostalCode></billingPayerData>"
        ),
    ],
    ids=["attributes", "children"],
)
async def test_a_shop_that_checks_addresses_registers(gateway: Gateway, address: str) -> None:
    order = '<mer:registerOrder><order amount="15000">{}</order></mer:registerOrder>'
    back = "<returnUrl>https://test.ru</returnUrl>"
    refused = await ask(gateway, order.format(back), "careful-api")
    assert refused.error_code == "5"
    answer = await ask(gateway, order.format(back + address), "careful-api")
    assert answer.error_code == "0", answer.http.text
    merchant = await gateway.world.merchants.by_login("careful")
    order_id = answer.returned.get("orderId")
    assert merchant is not None
    assert order_id is not None
    stored = await gateway.world.orders.load(OrderKey(merchant.merchant_id, UUID(order_id)))
    assert stored is not None
    assert stored.request.payer_data["billingPayerData"] == {
        "billingAddressLine1": "Arbat 1",
        "billingPostalCode": "101000",
    }


@pytest.mark.parametrize(
    ("probed", "password", "code"),
    [
        (DEMO_API_LOGIN, DEMO_PASSWORD, "0"),
        ("stranger-api", DEMO_PASSWORD, "0"),
        (DEMO_API_LOGIN, "wrong", "5"),
        ("", "", "5"),
    ],
)
async def test_check_authenticate_checks_the_credentials_of_the_body(
    gateway: Gateway, probed: str, password: str, code: str
) -> None:
    body = (
        f'<mer:checkAuthenticate><login login="{probed}" password="{password}"/>'
        "</mer:checkAuthenticate>"
    )
    response = await ask(gateway, body)
    assert response.http.status == 200
    assert response.error_code == code


async def test_check_authenticate_needs_a_header(gateway: Gateway) -> None:
    body = (
        f'<mer:checkAuthenticate><login login="{DEMO_API_LOGIN}" password="{DEMO_PASSWORD}"/>'
        "</mer:checkAuthenticate>"
    )
    response = await send(gateway, envelope(body, signed("unknown", "wrong")))
    assert response.fault_code == "wsse:FailedAuthentication"


# ── Operations ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("order_id", "language", "text"),
    [(UNKNOWN_ORDER, "ru", "Заказ не найден"), (UNKNOWN_ORDER, "en", "Order not found")],
)
async def test_business_errors_are_answers(
    gateway: Gateway, order_id: str, language: str, text: str
) -> None:
    response = await ask(gateway, status_of(order_id, language))
    assert response.http.status == 200
    assert (response.error_code, response.returned.get("errorMessage")) == ("6", text)
    assert response.returned.get("orderStatus") is None


async def test_the_sandbox_shows_the_rule_behind_an_error(gateway: Gateway) -> None:
    body = REGISTER.replace("15000", "15,00")
    response = await ask(gateway, body)
    assert response.error_code == "5"
    assert response.http.headers["x-altyn-rule"].startswith("amount: ")


async def test_the_old_form_of_the_status_has_normal_names(gateway: Gateway) -> None:
    order_id = await registered(gateway)
    response = await ask(
        gateway, f'<mer:getOrderStatus><order orderId="{order_id}"/></mer:getOrderStatus>'
    )
    assert response.error_code == "0"
    assert response.returned.get("orderStatus") == "0"
    assert response.returned.get("amount") == "15000"


@pytest.mark.parametrize(
    "operation", ["updateBlackCardList", "updateSSLCardList", "updateWhiteCardList"]
)
async def test_card_lists_need_an_order_that_exists(gateway: Gateway, operation: str) -> None:
    order_id = await registered(gateway)
    body = f"<mer:{operation}><mdorder>{{}}</mdorder></mer:{operation}>"
    assert (await ask(gateway, body.format(order_id))).error_code == "0"
    assert (await ask(gateway, body.format(UNKNOWN_ORDER))).error_code == "6"


async def test_the_fault_of_an_unknown_operation_lists_the_nearest(gateway: Gateway) -> None:
    response = await ask(gateway, "<mer:registerOrdr/>")
    assert response.http.status == 500
    assert response.fault_code == "soap:Client"
    assert "registerOrder" in response.fault_text


@pytest.mark.parametrize(
    "name", [name for name, operation in OPERATIONS.items() if operation.method is None]
)
async def test_an_operation_not_served_is_a_fault_with_a_reason(
    gateway: Gateway, name: str
) -> None:
    response = await ask(gateway, f"<mer:{name}/>")
    assert response.http.status == 500
    assert response.fault_code == "soap:Client"
    assert OPERATIONS[name].why_not in response.fault_text


@pytest.mark.parametrize(
    "name", [name for name, operation in OPERATIONS.items() if operation.method is not None]
)
async def test_every_operation_answers_an_empty_request(
    gateway: Gateway, name: str, logbook: Logbook
) -> None:
    response = await ask(gateway, f"<mer:{name}/>")
    assert response.http.status == 200
    assert response.tag == f"{{{MER}}}{name}Response"
    assert response.error_code not in {None, "0", "7"}
    assert not logbook.errors()


async def test_soap_action_is_ignored(gateway: Gateway) -> None:
    response = await send(
        gateway, envelope(REGISTER), (TEXT_XML, ("soapaction", '"urn:refundOrder"'))
    )
    assert response.tag == f"{{{MER}}}registerOrderResponse"
