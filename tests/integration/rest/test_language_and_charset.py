"""A language that has no texts, and bytes that are no text, are accepted and named.

Source: rest-orders.md §1.1, §2.1.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import pytest

from altyn.inbound.request_handler import BROKEN_ENCODING
from altyn.main import Gateway
from altyn.protocol.dialects.classic.cautions import NO_TEXTS
from tests.asgi_client import AsgiClient
from tests.integration.rest.golden import credentials

pytestmark = pytest.mark.asyncio(loop_scope="module")

ORDER: Final = {"amount": "15000", "returnUrl": "https://test.ru"}
RULE: Final = "x-altyn-rule"


@pytest.mark.parametrize(("language", "notes"), [("de", 1), ("UA", 1), ("EN", 0)])
@pytest.mark.parametrize("method", ["register.do", "getOrderStatusExtended.do"])
async def test_a_language_without_texts_is_named(
    gateway: Gateway, method: str, language: str, notes: int
) -> None:
    sent = {
        **credentials(""),
        **ORDER,
        "orderNumber": f"L-{method[:4]}-{language}",
        "language": language,
    }
    answer = await AsgiClient(gateway.router).post(f"/payment/rest/{method}", sent)
    assert answer.headers.get(RULE, "").count(f"language: {NO_TEXTS}") == notes


async def test_bytes_that_are_no_text_are_named(gateway: Gateway) -> None:
    form = urlencode({**credentials(""), **ORDER}).encode() + b"&description=\xc7\xe0\xea\xe0\xe7"
    declared = "application/x-www-form-urlencoded"
    for kind, noted in ((declared, True), (f"{declared}; charset=windows-1251", False)):
        answer = await AsgiClient(gateway.router).post(
            "/payment/rest/register.do", body=form, headers={"content-type": kind}
        )
        assert answer.json().keys() == {"orderId", "formUrl"}
        assert (str(BROKEN_ENCODING) in answer.headers.get(RULE, "")) is noted
