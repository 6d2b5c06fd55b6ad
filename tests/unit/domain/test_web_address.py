"""Which texts are absolute web addresses with a host."""

import pytest

from altyn.domain.web_address import web_address


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://shop.example/path?a=1#b", "shop.example"),
        ("http://shop.example", "shop.example"),
        ("HTTPS://SHOP.example:8443/", "shop.example"),
        ("http://[::1]:8080/", "::1"),
        ("https://user@shop.example/", "shop.example"),
    ],
)
def test_an_absolute_web_address_gives_its_parts(text: str, host: str) -> None:
    parts = web_address(text)
    assert parts is not None
    assert parts.hostname == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        "shop.example",
        "/path",
        "//shop.example/",
        "javascript:alert(1)",
        "ftp://shop.example/",
        "https://",
        "https:///path",
        "http://:80/",
        "http://[::1/",
        "data:text/html,x",
    ],
)
def test_other_texts_are_not_web_addresses(text: str) -> None:
    assert web_address(text) is None
