"""The cookie of a session, and where the login form may lead."""

import pytest

from altyn.inbound.personal_account.access import AccountAccess, own_page
from altyn.inbound.personal_account.pages import BASE
from altyn.inbound.web.responses import page


def test_cookie_is_bound_to_the_host_over_https() -> None:
    secure = AccountAccess(context=object(), secure=True, sandbox=False)  # type: ignore[arg-type]
    cookie = secure.keep(page(""), "1.token").headers["set-cookie"]
    assert cookie.startswith("__Host-altyn-account=1.token")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "address",
    [
        *("https://evil.example", "//evil.example", "/mportal3//x", "/mportal3/\\x", "/payment"),
        *("", "/mportal3x", "/mportal3/\n", "javascript:alert(1)"),
    ],
)
def test_login_leads_to_pages_of_the_account_only(address: str) -> None:
    assert own_page(address) == BASE


def test_login_leads_back_to_the_page_that_was_asked_for() -> None:
    assert own_page(f"{BASE}/orders?page=2") == f"{BASE}/orders?page=2"
