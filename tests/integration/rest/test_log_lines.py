"""Each call leaves one line in the log, however early it is refused.

Source: docs/architecture.md (limits).
"""

from __future__ import annotations

import pytest

from altyn.main import Gateway
from tests.asgi_client import AsgiClient
from tests.integration.rest.logbook import Logbook
from tests.integration.soap.soap_client import PATH as SOAP_PATH

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("path", ["/payment/rest/register.do", SOAP_PATH])
async def test_another_http_method_has_one_line(
    gateway: Gateway, path: str, logbook: Logbook
) -> None:
    answer = await AsgiClient(gateway.router).send("PUT", path, (), b"", ())
    assert answer.status == 405
    (line,) = logbook.lines
    facts = (line["event"], line["path"], line["code"], line["rule"])
    assert facts == ("not_read", path, 405, "http method")


async def test_a_card_in_an_address_of_the_page_has_one_line(
    gateway: Gateway, logbook: Logbook
) -> None:
    client = AsgiClient(gateway.router)
    await client.get("/payment/rest/processform.do", {"$PAN": "4111111111111111"})
    (line,) = logbook.lines
    assert (line["event"], line["method"], line["status"]) == ("page_call", "processform.do", 405)
