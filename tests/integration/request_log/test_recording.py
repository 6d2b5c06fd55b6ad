"""Every call of every endpoint is recorded: answered, refused, of unknown methods, unread.

Source: docs/architecture.md (the request log).
"""

from __future__ import annotations

import json
from typing import Final

import pytest

from altyn.domain.request_log import Endpoint, RequestFilter
from tests.asgi_client import Answer
from tests.integration.request_log.conftest import LogReader
from tests.integration.soap.soap_client import PATH as SOAP_PATH
from tests.shop import CREDENTIALS, GOOD, new_number
from tests.soap import envelope, wrapper

pytestmark = pytest.mark.asyncio(loop_scope="module")
REGISTER: Final = "/payment/rest/register.do"
LINK: Final = "/demopayment/docsite/payform-1.html"
BUTTON: Final = "/demopayment/docsite/ipay/orders"
RESULT: Final = "/demopayment/docsite/ipay/status"
LINK_TOKEN: Final = "test-token"
FORM: Final = {**CREDENTIALS, "amount": "1000", "returnUrl": "https://shop.example/"}


async def test_answered_call_has_its_facts_and_parameters(log: LogReader) -> None:
    number = new_number()
    answer = await log.client.post(REGISTER, {**FORM, "orderNumber": number, "colour": "red"})
    found = await log.last()
    facts, content = found.line.facts, found.content
    assert (facts.endpoint, facts.method, facts.http_method) == (Endpoint.REST, "register", "POST")
    assert (facts.login, facts.shop, facts.path) == ("test-api", "test", REGISTER)
    assert (str(facts.order_id), facts.order_number) == (answer.json()["orderId"], number)
    assert (facts.status, facts.code, facts.refused, facts.ip) == (200, 0, False, "203.0.113.9")
    assert facts.took_ms > 0
    assert facts.merchant_id is not None
    sent = {each.name: each.value for each in content.parameters}
    assert sent == {**FORM, "password": "***", "orderNumber": number, "colour": "red"}
    assert [each.name for each in content.parameters if each.masked] == ["password"]
    assert json.loads(content.answer) == answer.json()
    assert [note.parameter for note in content.notes] == ["colour"]


async def test_refused_call_names_refusal_rule_parameter_and_section(log: LogReader) -> None:
    await log.client.post(REGISTER, {**FORM, "amount": "ten", "orderNumber": new_number()})
    found = await log.last()
    facts = found.line.facts
    assert (facts.refused, facts.code, facts.status) == (True, 5, 200)
    assert facts.refusal
    assert facts.parameter == "amount"
    assert "whole number" in facts.rule
    assert "rest-orders.md" in found.content.source


async def test_wrong_password_is_recorded_without_it(log: LogReader) -> None:
    await log.client.post(REGISTER, {**FORM, "password": "wrongSecret77"})
    found = await log.last()
    assert found.line.facts.refused
    assert "wrongSecret77" not in repr(found)


async def test_card_shows_its_first_six_and_last_four_digits(log: LogReader) -> None:
    order = (await log.client.post(REGISTER, {**FORM, "orderNumber": new_number()})).json()
    card = {"$PAN": GOOD, "$CVC": "123", "YYYY": "2030", "MM": "12", "TEXT": "IVAN IVANOV"}
    await log.client.post(
        "/payment/rest/paymentorder.do", {**CREDENTIALS, "MDORDER": order["orderId"], **card}
    )
    found = await log.last(2)
    sent = {each.name: each.value for each in found.content.parameters}
    assert (sent["$PAN"], sent["$CVC"], sent["TEXT"]) == ("555555**5599", "***", "IVAN IVANOV")
    assert str(found.line.facts.order_id) == order["orderId"]
    assert GOOD not in repr(found)


async def test_unknown_method_is_recorded_with_its_parameters(log: LogReader) -> None:
    await log.client.post("/payment/rest/registr.do", FORM)
    found = await log.last()
    facts = found.line.facts
    assert (facts.endpoint, facts.method, facts.status) == (Endpoint.REST, "registr.do", 404)
    assert facts.refused
    assert "register.do" in facts.rule
    assert "testPwd1" not in repr(found)


async def test_known_method_that_is_not_served_is_recorded(log: LogReader) -> None:
    await log.client.post("/payment/google/payment.do", {"merchant": "test"})
    assert (await log.last()).line.facts.refused


async def test_unread_body_is_recorded_with_its_reason(log: LogReader) -> None:
    await log.client.post(REGISTER, body=b"a=" + b"x" * 1_100_000)
    facts = (await log.last()).line.facts
    assert (facts.method, facts.status, facts.rule) == ("register", 413, "body too large")
    assert facts.refused


async def test_body_that_is_no_json_is_recorded_as_refused(log: LogReader) -> None:
    headers = {"content-type": "application/json"}
    await log.client.post(REGISTER, body=b'{"userName": ', headers=headers)
    found = await log.last()
    assert found.line.facts.refused
    assert "the body could not be read" in found.line.facts.rule


@pytest.mark.parametrize("path", [REGISTER, SOAP_PATH])
async def test_another_http_method_is_recorded(log: LogReader, path: str) -> None:
    await log.client.send("PUT", path, (), b"", ())
    facts = (await log.last()).line.facts
    assert (facts.http_method, facts.status, facts.rule) == ("PUT", 405, "http method")


async def test_card_in_an_address_is_recorded_masked(log: LogReader) -> None:
    await log.client.get("/payment/rest/paymentorder.do", {**CREDENTIALS, "$PAN": GOOD})
    found = await log.last()
    assert (found.line.facts.status, found.line.facts.rule) == (405, "card by get")
    assert {each.name: each.value for each in found.content.parameters}["$PAN"] == "555555**5599"
    assert GOOD not in repr(found)


async def test_payment_page_and_its_methods_are_recorded_with_the_shop(log: LogReader) -> None:
    order = (await log.client.post(REGISTER, {**FORM, "orderNumber": new_number()})).json()
    await log.client.get(order["formUrl"])
    page = (await log.last(2)).line.facts
    assert (page.endpoint, page.method) == (Endpoint.PAYMENT_PAGE, "payment_ru.html")
    assert (page.shop, str(page.order_id)) == ("test", order["orderId"])
    card = {"MDORDER": order["orderId"], "$PAN": GOOD, "$CVC": "123", "$EXPIRY": "203012"}
    await log.client.post("/payment/rest/processform.do", {**card, "TEXT": "IVAN IVANOV"})
    found = await log.last(3)
    assert (found.line.facts.endpoint, found.line.facts.method) == (
        Endpoint.PAYMENT_PAGE,
        "processform.do",
    )
    sent = {each.name: each.value for each in found.content.parameters}
    assert (sent["$PAN"], sent["$CVC"]) == ("555555**5599", "***")
    assert found.line.facts.shop == "test"


async def test_static_link_is_recorded_from_its_page_to_its_order(log: LogReader) -> None:
    number, link = new_number(), {"token": LINK_TOKEN, "amount": "499.99", "ask": "orderNumber"}
    await log.client.get(LINK, link)
    opened = await log.last()
    facts = opened.line.facts
    assert (facts.endpoint, facts.method, facts.shop) == (
        Endpoint.SHOP_LINK,
        "payform-1.html",
        "test",
    )
    assert not facts.refused
    answer = await log.client.post(LINK, {**link, "typed_orderNumber": number})
    made = await log.last(2)
    facts, sent = made.line.facts, {each.name: each.value for each in made.content.parameters}
    assert (facts.endpoint, facts.method, facts.shop) == (Endpoint.SHOP_LINK, "register", "test")
    assert (facts.status, facts.code, facts.refused) == (303, 0, False)
    assert str(facts.order_id) in answer.headers["location"]
    assert facts.order_number == number
    assert facts.merchant_id is not None
    assert sent == {**link, "token": "***", "typed_orderNumber": number}
    assert "rest-orders.md" in made.content.source
    assert LINK_TOKEN not in repr((opened, made))


async def test_refused_static_link_is_recorded_with_shop_number_and_rule(log: LogReader) -> None:
    number = new_number()
    link = {"token": LINK_TOKEN, "amount": "10", "orderNumber": number}
    assert (await log.client.post(LINK, link)).status == 303
    assert (await log.client.post(LINK, link)).status == 400
    taken = await log.last(2)
    facts = taken.line.facts
    assert (facts.shop, facts.order_number, facts.code) == ("test", number, 1)
    assert (facts.refused, facts.refusal) == (True, "order_number_taken")
    assert facts.rule
    await log.client.post(LINK, {**link, "amount": "", "typed_amount": "-1"})
    wrong = await log.last(3)
    facts = wrong.line.facts
    assert (facts.shop, facts.order_number, facts.parameter) == ("test", number, "amount")
    assert (facts.refused, facts.status) == (True, 400)
    assert "above zero" in facts.rule
    await log.client.post(LINK, link, headers={"origin": "https://evil.example"})
    assert "another site" in (await log.last(4)).line.facts.rule
    await log.client.get(LINK, {"token": "guessed-token"})
    stranger = await log.last(5)
    facts = stranger.line.facts
    assert (facts.endpoint, facts.shop, facts.parameter) == (Endpoint.SHOP_LINK, "", "token")
    assert (facts.status, facts.refused) == (404, True)
    for secret in (LINK_TOKEN, "guessed-token"):
        assert secret not in repr((taken, wrong, stranger))


async def test_pay_button_is_recorded_from_its_order_to_the_result(log: LogReader) -> None:
    button = {"token": LINK_TOKEN, "amount": "499.99", "description": "Tea"}
    made = (await log.client.post(BUTTON, button)).json()
    found = await log.last()
    facts, sent = found.line.facts, {each.name: each.value for each in found.content.parameters}
    assert (facts.endpoint, facts.method, facts.shop) == (Endpoint.SHOP_LINK, "register", "test")
    assert (facts.status, facts.code, facts.refused) == (200, 0, False)
    assert (str(facts.order_id), facts.order_number) == (made["orderId"], made["orderNumber"])
    assert sent == {**button, "token": "***"}
    assert json.loads(found.content.answer) == made
    await log.client.post(RESULT, {"token": LINK_TOKEN, "orderId": made["orderId"]})
    asked = await log.last(2)
    facts = asked.line.facts
    assert (facts.method, facts.shop) == ("ipay/status", "test")
    assert str(facts.order_id) == made["orderId"]
    assert not facts.refused
    assert LINK_TOKEN not in repr((found, asked))


async def test_refused_pay_button_is_recorded_with_shop_number_and_rule(log: LogReader) -> None:
    number = new_number()
    button = {"token": LINK_TOKEN, "amount": "1", "order_number": number}
    refused = (
        ({**button, "currency": "USD"}, "test", "currency", "roubles"),
        ({**button, "amount": "0"}, "test", "amount", "above zero"),
        ({**button, "order_number": "x" * 40}, "test", "orderNumber", "characters"),
        ({**button, "token": "guessed-token"}, "", "token", "no such token"),
    )
    for count, (sent, shop, parameter, rule) in enumerate(refused, start=1):
        answer = await log.client.post(BUTTON, sent)
        found = await log.last(count)
        facts = found.line.facts
        assert (answer.status, facts.status, facts.refused) == (200, 200, True)
        assert (facts.endpoint, facts.method) == (Endpoint.SHOP_LINK, "register")
        assert (facts.shop, facts.order_number) == (shop, sent["order_number"])
        assert (facts.parameter, rule in facts.rule) == (parameter, True), facts.rule
        assert LINK_TOKEN not in repr(found)
        assert "guessed-token" not in repr(found)
    order = (await log.client.post(BUTTON, button)).json()["orderId"]
    await log.client.post(RESULT, {"token": "guessed-token", "orderId": order})
    facts = (await log.last(6)).line.facts
    assert (facts.status, facts.method, str(facts.order_id)) == (404, "ipay/status", order)
    assert (facts.refused, facts.rule) == (True, "There is no such order.")


async def test_files_of_the_pay_button_are_not_recorded(log: LogReader) -> None:
    await log.client.get("/demopayment/docsite/assets/js/ipay.js")
    await log.client.get("/payment/rest/registr.do")
    assert (await log.last()).line.facts.method == "registr.do"
    assert len(await log.store.find(RequestFilter(after=log.begin), limit=10)) == 1


async def test_sandbox_call_is_recorded(log: LogReader) -> None:
    await log.client.post("/sandbox/clock", body=b'{"seconds": -5}')
    found = await log.last()
    facts = found.line.facts
    assert (facts.endpoint, facts.status, facts.refused) == (Endpoint.SANDBOX, 400, True)
    assert [(each.name, each.value) for each in found.content.parameters] == [("seconds", "-5")]


async def test_plugin_call_is_recorded(log: LogReader) -> None:
    await log.client.post("/mportal/mvc/public/merchant/update/test", body=b"{}")
    facts = (await log.last()).line.facts
    assert (facts.endpoint, facts.method, facts.status) == (
        Endpoint.PERSONAL_ACCOUNT,
        "plugin settings",
        401,
    )
    assert "wrong" in facts.rule


async def test_address_that_does_not_exist_is_recorded(log: LogReader) -> None:
    await log.client.get("/payment/rst/register.do")
    facts = (await log.last()).line.facts
    assert (facts.endpoint, facts.status) == (Endpoint.UNKNOWN, 404)


async def test_text_that_cannot_be_stored_is_recorded(log: LogReader) -> None:
    await log.client.post(REGISTER, body=b"orderNumber=a%00b&amount=%ED%A0%80")
    found = await log.last()
    assert "\0" not in found.line.facts.order_number
    await log.client.get("/payment/rest/%00")
    assert (await log.last(2)).line.facts.status == 404


async def test_health_checks_are_not_recorded(log: LogReader) -> None:
    await log.client.get("/health")
    await log.client.get("/payment/rest/registr.do")
    assert (await log.last()).line.facts.method == "registr.do"
    assert len(await log.store.find(RequestFilter(after=log.begin), limit=10)) == 1


async def test_soap_call_has_the_facts_of_rest_and_its_message(log: LogReader) -> None:
    number = new_number()
    values = {"merchantOrderNumber": number, "amount": "1000", "returnUrl": "https://shop.example/"}
    answer = await soap(log, "registerOrder", values)
    found = await log.last()
    facts, content = found.line.facts, found.content
    assert (facts.endpoint, facts.method, facts.code) == (Endpoint.SOAP, "register", 0)
    assert (facts.login, facts.shop, facts.order_number) == ("test-api", "test", number)
    assert str(facts.order_id) in answer.text
    sent = {each.name: each.value for each in content.parameters}
    assert (sent["orderNumber"], sent["amount"], sent["password"]) == (number, "1000", "***")
    assert "testPwd1" not in repr(found)
    assert number in content.body
    assert "orderId" in content.answer


async def test_soap_refusal_and_fault_have_their_rule(log: LogReader) -> None:
    values = {
        "merchantOrderNumber": new_number(),
        "amount": "ten",
        "returnUrl": "https://s.example/",
    }
    await soap(log, "registerOrder", values)
    facts = (await log.last()).line.facts
    assert (facts.refused, facts.code, facts.parameter) == (True, 5, "amount")
    await log.client.post(SOAP_PATH, body=b"<no xml", headers={"content-type": "text/xml"})
    fault = (await log.last(2)).line.facts
    assert (fault.endpoint, fault.status, fault.refused) == (Endpoint.SOAP, 500, True)
    assert fault.refusal
    assert fault.rule


async def test_soap_password_in_cdata_is_not_recorded(log: LogReader) -> None:
    values = {"merchantOrderNumber": new_number(), "amount": "1000"}
    plain = envelope(wrapper("registerOrder", values), "test-api", "S3cret-pw").decode()
    for count, secret in enumerate(("<![CDATA[S3cret-pw]]>", "<!-- a -->S3cret-pw"), start=1):
        body = plain.replace("S3cret-pw", secret).encode()
        await log.client.post(SOAP_PATH, body=body, headers={"content-type": "text/xml"})
        found = await log.last(count)
        assert "registerOrder" in found.content.body
        assert "S3cret-pw" not in repr(found)


async def soap(log: LogReader, operation: str, values: dict[str, str]) -> Answer:
    body = envelope(wrapper(operation, values), "test-api", "testPwd1")
    return await log.client.post(SOAP_PATH, body=body, headers={"content-type": "text/xml"})
