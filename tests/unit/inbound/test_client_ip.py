"""The client's address is an IP address or nothing, whatever a proxy has passed on."""

from __future__ import annotations

from typing import Any

import pytest

from altyn.inbound.rest.answers import client_ip


def scope_from(host: str | None) -> dict[str, Any]:
    return {"client": None if host is None else (host, 0)}


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::1", "::ffff:203.0.113.9"])
def test_address_is_kept(address: str) -> None:
    assert client_ip(scope_from(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "4111111111111111",
        "unknown",
        "_hidden",
        "a\x1b[31m",
        "9" * 5_000,
    ],
)
def test_text_that_is_no_address_is_dropped(text: str) -> None:
    assert client_ip(scope_from(text)) == ""


def test_unix_socket_has_no_address() -> None:
    assert client_ip(scope_from(None)) == ""
