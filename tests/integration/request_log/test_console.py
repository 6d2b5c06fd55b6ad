"""The console's pages of the request log: of one order, and one request on a Russian page."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

import pytest

from altyn.domain.request_log import Endpoint
from altyn.inbound.console.texts import console_text
from tests.integration.request_log.conftest import LogReader
from tests.shop import CREDENTIALS, new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")
REGISTER: Final = "/payment/rest/register.do"
STATUS: Final = "/payment/rest/getOrderStatusExtended.do"
FORM: Final = {**CREDENTIALS, "amount": "1000", "returnUrl": "https://shop.example/"}


async def opened(log: LogReader, path: str) -> str:
    answer = await log.client.get(path)
    assert answer.status == 200, answer.text
    return unescape(answer.text)


async def test_order_leads_to_its_requests_and_to_no_others(log: LogReader) -> None:
    number = new_number()
    order = (await log.client.post(REGISTER, {**FORM, "orderNumber": number})).json()["orderId"]
    await log.client.post(STATUS, {**CREDENTIALS, "orderNumber": number})
    await log.client.post(STATUS, {**CREDENTIALS, "orderId": order})
    await log.client.post(REGISTER, {**FORM, "orderNumber": new_number()})
    last = (await log.last(4)).line.id
    page = await opened(log, f"/console/orders/{order}?lang=en")
    link = re.search('href="(/console/requests[^"]*)">.*?Requests of this order', page)
    assert link is not None
    shown = await opened(log, link[1])
    ids = [int(each) for each in re.findall(r'href="/console/requests/(\d+)"', shown)]
    assert ids == [last - 1, last - 2, last - 3]


async def test_refusal_is_explained_in_russian_and_texts_of_tables_are_marked(
    log: LogReader,
) -> None:
    await log.client.post(REGISTER, {**FORM, "amount": "ten", "password": "wrongSecret7"})
    await log.client.post(REGISTER, {**FORM, "amount": "ten", "colour": "red"})
    refused = (await log.last(2)).line.id
    page = await opened(log, f"/console/requests/{refused}?lang=ru")
    assert re.search(r"<li>Отказ с кодом 5: [^<]*[а-я][^<]* \(amount_invalid\)</li>", page)
    assert '<li>Правило: <span lang="en">amount: not a whole number' in page
    assert re.search(r'<li>amount — N\.\.12, обязательный: <span lang="en">\w', page)
    read_on = re.search(r'<li>Читать дальше: <span lang="en"><a href="([^"]+)">', page)
    assert read_on is not None
    assert read_on[1] == "/console/reference/register"
    assert re.search(r'<dl class="facts facts-wide" lang="en"><div><dt><code>colour', page)
    listed = await opened(log, "/console/requests?refused=on&lang=ru")
    assert '<span class="rule small" lang="en">amount: not a whole number' in listed
    page = await opened(log, f"/console/requests/{refused - 1}?lang=ru")
    assert "в журнале нет открытого значения password; возьмите текст curl" in page
    assert "no clear value" not in page


async def test_list_names_what_is_recorded_and_links_to_the_audit_log(
    log: LogReader,
) -> None:
    page = await opened(log, "/console/requests?lang=ru")
    assert "Записаны запросы к API, платёжной странице" in page
    assert "Действий в личном кабинете здесь нет" in page
    page = await opened(log, "/console/requests?lang=en")
    assert "Recorded are the requests to the API, the payment page" in page
    link = re.search('Actions in the personal account are not here.*?<a href="([^"]+)">', page)
    assert link is not None
    answer = await log.client.get(link[1])
    assert answer.location == "/mportal3/login?next=%2Fmportal3%2Faudit"


async def test_button_that_is_refused_before_register_is_explained(log: LogReader) -> None:
    button = {"token": "test-token", "amount": "1", "currency": "USD"}
    await log.client.post("/demopayment/docsite/ipay/orders", button)
    refused = (await log.last()).line.id
    page = await opened(log, f"/console/requests/{refused}?lang=ru")
    assert "<li>В ответе — отказ.</li>" in page
    assert '<span lang="en">currency: The button takes roubles (RUB) only.</span>' in page
    assert "ссылка или кнопка магазина, POST /demopayment/docsite/ipay/orders" in page
    assert "currency —" not in page


@pytest.mark.parametrize("endpoint", Endpoint)
async def test_each_endpoint_is_named_in_both_languages(endpoint: Endpoint) -> None:
    key = f"endpoint_{endpoint.name.lower()}"
    assert console_text(key, language="en") == endpoint.value
    assert console_text(key, language="ru")
