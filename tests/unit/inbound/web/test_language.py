"""The language of console and account: what the reader chose comes before what the browser asks."""

from __future__ import annotations

import pytest

from altyn.inbound.web.frame import WebFrame
from altyn.inbound.web.language import COOKIE, language_of


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "language"),
    [
        ({"lang": "ru"}, "en", "en", "ru"),
        ({"lang": "de"}, "ru", "en", "ru"),
        ({}, "ru", "en", "ru"),
        ({}, "xx", "de-DE,ru-RU;q=0.8,en;q=0.5", "ru"),
        ({}, None, "EN-gb", "en"),
        ({}, None, "de", "en"),
        ({}, None, "", "en"),
    ],
)
def test_language_is_found(
    query: dict[str, str], cookie: str | None, accepted: str, language: str
) -> None:
    cookies = {} if cookie is None else {COOKIE: cookie}
    assert language_of(query, cookies, {"accept-language": accepted}) == language


def test_language_links_keep_the_rest_of_the_address() -> None:
    frame = WebFrame(language="ru", area="console", path="/list", query="shop=test&lang=ru")
    assert frame.in_language("en") == "/list?shop=test&lang=en"
