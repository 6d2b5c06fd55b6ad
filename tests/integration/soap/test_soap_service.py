"""The SOAP service in front of a whole gateway: who may ask, what, and what is answered.

Source: soap.md §1.2, §2, §3, §6; 001 (WSDL interface).
"""

from __future__ import annotations

import pytest

from altyn.inbound.soap.security import NOT_PROCESSED
from altyn.main import Gateway
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
    signed,
    status_of,
    tell,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

# ── The founding documents' own messages ──────────────────────────────────────────────────────────


async def test_the_registration_of_the_founding_document_works(gateway: Gateway) -> None:
    told = await tell(
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
    assert told.http.status == 200
    assert told.tag == f"{{{MER}}}registerOrderResponse"
    assert told.error_code == "0"
    order_id = told.returned.get("orderId")
    form_url = told.returned.findtext("formUrl")
    assert order_id
    assert form_url
    assert form_url.endswith(f"mdOrder={order_id}")


async def test_the_status_request_of_the_founding_document_works(gateway: Gateway) -> None:
    order_id = await registered(gateway)
    told = await ask(
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
    assert told.tag == f"{{{MER}}}getOrderStatusExtendedResponse"
    assert told.error_code == "0"
    assert told.returned.get("orderStatus") == "0"
    assert told.returned.get("amount") == "15000"


@pytest.mark.parametrize("namespace", MESSAGE_NAMESPACES)
async def test_an_answer_speaks_the_namespace_of_its_request(
    gateway: Gateway, namespace: str
) -> None:
    told = await tell(gateway, envelope(REGISTER, namespace=namespace))
    assert told.tag == f"{{{namespace}}}registerOrderResponse"


async def test_both_doors_lead_to_the_same_order(gateway: Gateway) -> None:
    order_id = await registered(gateway)
    who = {"userName": DEMO_API_LOGIN, "password": DEMO_PASSWORD, "orderId": order_id}
    answer = await AsgiClient(gateway.router).post("/payment/rest/getOrderStatusExtended.do", who)
    assert answer.json()["amount"] == 15000


# ── Who may ask ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("login", "password"),
    [(DEMO_API_LOGIN, "wrong"), ("nobody", DEMO_PASSWORD), (DEMO_API_LOGIN.upper(), "x")],
)
async def test_wrong_credentials_are_a_fault(gateway: Gateway, login: str, password: str) -> None:
    told = await tell(gateway, envelope(REGISTER, signed(login, password)))
    assert told.http.status == 500
    assert told.fault_code == "wsse:FailedAuthentication"
    assert told.fault_text == "The security token could not be authenticated or authorized"


async def test_nobody_is_a_fault_too(gateway: Gateway) -> None:
    told = await tell(gateway, envelope(REGISTER, ""))
    assert told.http.status == 500
    assert told.fault_code == "wsse:InvalidSecurity"
    assert told.fault_text == NOT_PROCESSED


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
async def test_who_is_known_and_may_not_is_told_in_an_answer(
    gateway: Gateway, login: str, ip: str, text: str
) -> None:
    told = await ask(gateway, REGISTER, login, ip=ip)
    assert told.http.status == 200
    assert told.error_code == ("0" if text == "Успешно" else "5")
    assert told.returned.get("errorMessage") == text
    assert (told.returned.get("orderId") is None) is (text != "Успешно")


async def test_a_missing_permission_is_told_in_an_answer(gateway: Gateway) -> None:
    reverse = f'<mer:reverseOrder><order orderId="{UNKNOWN_ORDER}"/></mer:reverseOrder>'
    told = await ask(gateway, reverse, "closed-api")
    assert told.error_code == "5"
    assert "permission" in told.http.headers["x-altyn-rule"]


async def test_credentials_of_the_body_are_not_looked_at(gateway: Gateway) -> None:
    body = (
        f'<mer:registerOrder><order amount="1" userName="{DEMO_API_LOGIN}"'
        f' password="{DEMO_PASSWORD}"><userName>{DEMO_API_LOGIN}</userName>'
        f"<password>{DEMO_PASSWORD}</password></order></mer:registerOrder>"
    )
    told = await tell(gateway, envelope(body, signed("nobody", "wrong")))
    assert told.fault_code == "wsse:FailedAuthentication"


async def test_a_shop_may_act_for_its_child(gateway: Gateway) -> None:
    child = await ask(gateway, REGISTER, "merch_child-api")
    order_id = child.returned.get("orderId")
    reverse = '<mer:reverseOrder><order orderId="{}" merchantLogin="{}"/></mer:reverseOrder>'
    told = await ask(gateway, reverse.format(order_id, "merch_child"))
    assert told.error_code == "7"  # found, and not paid
    denied = await ask(gateway, reverse.format(order_id, "stranger"))
    assert denied.error_code == "5"


@pytest.mark.parametrize(
    ("probed", "password", "code"),
    [
        (DEMO_API_LOGIN, DEMO_PASSWORD, "0"),
        ("stranger-api", DEMO_PASSWORD, "0"),
        (DEMO_API_LOGIN, "wrong", "5"),
        ("", "", "5"),
    ],
)
async def test_credentials_can_be_probed(
    gateway: Gateway, probed: str, password: str, code: str
) -> None:
    body = (
        f'<mer:checkAuthenticate><login login="{probed}" password="{password}"/>'
        "</mer:checkAuthenticate>"
    )
    told = await ask(gateway, body)
    assert told.http.status == 200
    assert told.error_code == code


async def test_a_probe_needs_to_say_who_asks(gateway: Gateway) -> None:
    body = (
        f'<mer:checkAuthenticate><login login="{DEMO_API_LOGIN}" password="{DEMO_PASSWORD}"/>'
        "</mer:checkAuthenticate>"
    )
    told = await tell(gateway, envelope(body, signed("nobody", "wrong")))
    assert told.fault_code == "wsse:FailedAuthentication"


# ── Operations ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("order_id", "language", "text"),
    [(UNKNOWN_ORDER, "ru", "Заказ не найден"), (UNKNOWN_ORDER, "en", "Order not found")],
)
async def test_business_errors_are_answers(
    gateway: Gateway, order_id: str, language: str, text: str
) -> None:
    told = await ask(gateway, status_of(order_id, language))
    assert told.http.status == 200
    assert (told.error_code, told.returned.get("errorMessage")) == ("6", text)
    assert told.returned.get("orderStatus") is None


async def test_the_rule_behind_an_error_is_told_in_the_sandbox(gateway: Gateway) -> None:
    body = REGISTER.replace("15000", "15,00")
    told = await ask(gateway, body)
    assert told.error_code == "5"
    assert told.http.headers["x-altyn-rule"].startswith("amount: ")


async def test_the_old_form_of_the_status_speaks_normal_names(gateway: Gateway) -> None:
    order_id = await registered(gateway)
    told = await ask(
        gateway, f'<mer:getOrderStatus><order orderId="{order_id}"/></mer:getOrderStatus>'
    )
    assert told.error_code == "0"
    assert told.returned.get("orderStatus") == "0"
    assert told.returned.get("amount") == "15000"


@pytest.mark.parametrize(
    "operation", ["updateBlackCardList", "updateSSLCardList", "updateWhiteCardList"]
)
async def test_card_lists_want_an_order_that_exists(gateway: Gateway, operation: str) -> None:
    order_id = await registered(gateway)
    body = f"<mer:{operation}><mdorder>{{}}</mdorder></mer:{operation}>"
    assert (await ask(gateway, body.format(order_id))).error_code == "0"
    assert (await ask(gateway, body.format(UNKNOWN_ORDER))).error_code == "6"


async def test_an_unknown_operation_is_told_the_nearest(gateway: Gateway) -> None:
    told = await ask(gateway, "<mer:registerOrdr/>")
    assert told.http.status == 500
    assert told.fault_code == "soap:Client"
    assert "registerOrder" in told.fault_text


@pytest.mark.parametrize(
    "name", [name for name, operation in OPERATIONS.items() if operation.method is None]
)
async def test_an_operation_yet_to_come_says_why(gateway: Gateway, name: str) -> None:
    told = await ask(gateway, f"<mer:{name}/>")
    assert told.http.status == 500
    assert told.fault_code == "soap:Client"
    assert OPERATIONS[name].why_not in told.fault_text


@pytest.mark.parametrize(
    "name", [name for name, operation in OPERATIONS.items() if operation.method is not None]
)
async def test_every_operation_answers_an_empty_request(
    gateway: Gateway, name: str, logbook: Logbook
) -> None:
    told = await ask(gateway, f"<mer:{name}/>")
    assert told.http.status == 200
    assert told.tag == f"{{{MER}}}{name}Response"
    assert told.error_code not in {None, "0", "7"}
    assert not logbook.errors()


async def test_soap_action_is_not_looked_at(gateway: Gateway) -> None:
    told = await tell(gateway, envelope(REGISTER), (TEXT_XML, ("soapaction", '"urn:refundOrder"')))
    assert told.tag == f"{{{MER}}}registerOrderResponse"
