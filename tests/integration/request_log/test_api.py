"""The sandbox's API of the request log: filters, waiting, explanation, curl, sending again."""

from __future__ import annotations

import asyncio
import json
import shlex
from typing import Any, Final

import pytest

from tests.integration.request_log.conftest import LogReader
from tests.integration.soap.soap_client import PATH as SOAP_PATH
from tests.shop import CREDENTIALS, GOOD, new_number
from tests.soap import envelope, wrapper

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH: Final = "/sandbox/requests"
REGISTER: Final = "/payment/rest/register.do"
FORM: Final = {**CREDENTIALS, "amount": "1000", "returnUrl": "https://shop.example/"}


async def listed(log: LogReader, **query: object) -> list[dict[str, Any]]:
    pairs = {name: str(value) for name, value in {"after": log.begin, **query}.items()}
    answer = await log.client.get(PATH, pairs)
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["requests"]
    return found


async def shown(log: LogReader, request_id: int) -> dict[str, Any]:
    members: dict[str, Any] = (await log.client.get(f"{PATH}/{request_id}")).json()
    return members


async def test_filters_choose_by_shop_order_method_refusal_and_id(log: LogReader) -> None:
    number = new_number()
    order = (await log.client.post(REGISTER, {**FORM, "orderNumber": number})).json()["orderId"]
    status = "/payment/rest/getOrderStatusExtended.do"
    await log.client.post(status, {**CREDENTIALS, "orderNumber": number})
    await log.client.post(status, {**CREDENTIALS, "orderId": order})
    other = {**FORM, "userName": "stranger-api", "orderNumber": new_number()}
    await log.client.post(REGISTER, other)
    await log.client.post(REGISTER, {**FORM, "amount": "ten"})
    await log.last(5)
    everything = await listed(log)
    ids = [each["id"] for each in everything]
    assert ids == sorted(ids, reverse=True)
    assert [each["errorCode"] for each in everything] == [5, 0, 0, 0, 0]
    assert [each["id"] for each in await listed(log, refused="true")] == ids[:1]
    assert [each["id"] for each in await listed(log, shop="stranger")] == ids[1:2]
    assert [each["id"] for each in await listed(log, order=order)] == ids[2:]
    assert [each["id"] for each in await listed(log, order=number)] == ids[2:]
    assert [each["id"] for each in await listed(log, method="GETorderstatusextended.do")] == (
        ids[2:4]
    )
    assert [each["id"] for each in await listed(log, after=ids[2])] == ids[:2]
    assert [each["id"] for each in await listed(log, before=ids[2])] == ids[3:]
    assert [each["id"] for each in await listed(log, limit=2)] == ids[:2]


async def test_refusal_is_explained_with_rule_parameter_and_reference(log: LogReader) -> None:
    await log.client.post(REGISTER, {**FORM, "amount": "ten", "colour": "red"})
    found = await shown(log, (await log.last()).line.id)
    text = "\n".join(found["explanation"])
    assert "Refused with error 5" in text
    assert "The rule: amount: not a whole number" in text
    assert "amount is N..12, mandatory" in text
    assert "docs/reference/register.md; rest-orders.md" in text
    assert found["ignored"] == [{"parameter": "colour", "why": found["ignored"][0]["why"]}]
    assert "no parameter" in found["ignored"][0]["why"] or found["ignored"][0]["why"]


async def test_curl_repeats_a_request_with_variables_for_secrets(log: LogReader) -> None:
    await log.client.post(REGISTER, {**FORM, "description": "a 'b' $HOME", "orderNumber": "@x"})
    curl = (await shown(log, (await log.last()).line.id))["curl"]
    assert '--data-urlencode password="${ALTYN_PASSWORD}"' in curl
    words = shlex.split(curl.replace("\\\n", ""))
    assert words[:4] == ["curl", "-sS", "-X", "POST"]
    assert words[4] == f"http://127.0.0.1:8080{REGISTER}"
    sent = words[6::2]
    assert "description=a 'b' $HOME" in sent
    assert "orderNumber=@x" in sent
    assert "testPwd1" not in curl


async def test_soap_curl_has_the_message_with_a_variable_for_the_password(log: LogReader) -> None:
    await log.client.post(SOAP_PATH, body=_soap(), headers={"content-type": "text/xml"})
    found = await shown(log, (await log.last()).line.id)
    assert ">${ALTYN_PASSWORD}</" in found["curl"]
    assert found["curl"].startswith("curl -sS http://127.0.0.1:8080/payment/webservices/")
    assert found["repeatable"]


async def test_wait_ends_with_the_first_new_request(log: LogReader) -> None:
    waiting = asyncio.create_task(log.client.get(PATH, {"after": str(log.begin), "wait": "20"}))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await log.client.post(REGISTER, FORM)
    answer = (await waiting).json()
    assert [each["method"] for each in answer["requests"]] == ["register"]
    assert answer["recording"] is True
    assert answer["notRecorded"] == 0


async def test_request_of_the_demo_shop_is_sent_again(log: LogReader) -> None:
    await log.client.post(REGISTER, {**FORM, "orderNumber": new_number()})
    first = await log.last()
    answer = await log.client.post(f"{PATH}/{first.line.id}/repeat")
    assert answer.status == 200
    assert answer.json()["status"] == 200
    # the number is taken: the shop's own rule answers, as it would the shop
    assert json.loads(answer.json()["answer"])["errorCode"] == "1"
    second = await log.last(2)
    assert second.content.parameters == first.content.parameters


async def test_soap_and_get_requests_are_sent_again(log: LogReader) -> None:
    await log.client.post(SOAP_PATH, body=_soap(), headers={"content-type": "text/xml"})
    first = await log.last()
    answer = (await log.client.post(f"{PATH}/{first.line.id}/repeat")).json()
    assert answer["status"] == 200
    assert 'errorCode="1"' in answer["answer"]
    await log.client.get(REGISTER, {**FORM, "orderNumber": new_number()})
    asked = await log.last(3)
    answer = (await log.client.post(f"{PATH}/{asked.line.id}/repeat")).json()
    assert json.loads(answer["answer"])["errorCode"] == "1"


async def test_call_of_the_demo_shops_pay_button_is_sent_again(log: LogReader) -> None:
    button = {"token": "test-token", "amount": "1", "order_number": new_number()}
    await log.client.post("/demopayment/docsite/ipay/orders", button)
    first = (await log.last()).line.id
    answer = (await log.client.post(f"{PATH}/{first}/repeat")).json()
    assert "errorMessage" in json.loads(answer["answer"])  # the number is taken


@pytest.mark.parametrize(
    ("path", "more", "reason"),
    [
        (REGISTER, {"userName": "stranger-api"}, "no clear value of password"),
        (REGISTER, {"password": "wrong"}, "no clear value of password"),
        ("/payment/rest/paymentorder.do", {"$PAN": GOOD, "$CVC": "123"}, "$PAN, $CVC"),
        (REGISTER, {"description": f"card {GOOD}"}, "no clear value of description"),
    ],
)
async def test_request_with_an_unknown_secret_is_not_sent_again(
    log: LogReader, path: str, more: dict[str, str], reason: str
) -> None:
    await log.client.post(path, {**FORM, **more})
    found = await log.last()
    answer = await log.client.post(f"{PATH}/{found.line.id}/repeat")
    assert answer.status == 409
    assert reason in answer.json()["error"]
    assert answer.json()["curl"].startswith(("curl", "#"))
    assert not (await shown(log, found.line.id))["repeatable"]


@pytest.mark.parametrize(
    ("address", "status", "text"),
    [
        (f"{PATH}?shop=nowhere", 404, "no shop"),
        (f"{PATH}?refused=maybe", 400, "true or false"),
        (f"{PATH}?after=x", 400, "the number of a request"),
        (f"{PATH}?limit=0", 400, "from 1 to 1000"),
        (f"{PATH}?wait=21", 400, "from 0 to 20"),
        (f"{PATH}?sohp=test", 400, "Did you mean shop?"),
        (f"{PATH}/9999999", 404, "lists the newest"),
        (f"{PATH}/first", 400, "the number of a request"),
    ],
)
async def test_wrong_question_is_explained(
    log: LogReader, address: str, status: int, text: str
) -> None:
    answer = await log.client.get(address)
    assert answer.status == status
    assert text in answer.json()["error"]


async def test_page_of_another_site_gets_nothing(log: LogReader) -> None:
    answer = await log.client.get(PATH, headers={"origin": "https://evil.example"})
    assert answer.status == 403


def _soap() -> bytes:
    values = {
        "merchantOrderNumber": new_number(),
        "amount": "1000",
        "returnUrl": "https://s.example/",
    }
    return envelope(wrapper("registerOrder", values), "test-api", "testPwd1")
