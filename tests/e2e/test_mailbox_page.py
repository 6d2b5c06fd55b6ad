"""The sandbox's mailbox in a browser, over its API and on the command line."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.shop import card_fields

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE: Final = {"width": 390, "height": 844}
WAIT_SECONDS: Final = 30


def get(gateway: Served, path: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a GET."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read()
    finally:
        connection.close()


def get_json(gateway: Served, path: str) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(get(gateway, path)[2])
    return members


def mailed(gateway: Served, to: str, count: int = 1) -> list[dict[str, Any]]:
    """The mails to an address, once there are so many."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        mails: list[dict[str, Any]] = get_json(gateway, f"/sandbox/mails?to={to}")["mails"]
        if len(mails) == count:
            return mails
        time.sleep(0.05)
    raise AssertionError(f"{to} did not get {count} mails")


def pay(gateway: Served, email: str, **more: object) -> str:
    """Register and pay an order whose payer has this address; its id."""
    order_id = gateway.register(email=email, **more).order_id
    gateway.call("paymentorder.do", **card_fields(order_id))
    return order_id


def altyn(gateway: Served, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ALTYN_HOME": str(gateway.home)}
    return subprocess.run(
        [Path(sys.prefix) / "bin" / "altyn", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def mailing(gateway: Served) -> Iterator[Served]:
    """A gateway whose shop's payers get mails."""
    set_mails(gateway, wanted=True)
    yield gateway
    set_mails(gateway, wanted=False)


def set_mails(gateway: Served, *, wanted: bool) -> None:
    """Set whether payers get mails, and wait until the gateway knows: then it demands `email`."""
    altyn(gateway, "merchant", "set", "test", f"payer_email_notify={str(wanted).lower()}")
    deadline = time.monotonic() + WAIT_SECONDS
    while ("orderId" in order_without_email(gateway)) is wanted:
        assert time.monotonic() < deadline, "the gateway did not learn of the setting"
        time.sleep(0.05)


def order_without_email(gateway: Served) -> dict[str, Any]:
    """The answer of register.do without an address of the payer."""
    return gateway.call("register.do", amount=100, returnUrl=gateway.shop_url)


def test_mail_is_listed_opened_and_safe(
    mailing: Served, page: Page, screenshot: Screenshot
) -> None:
    pay(mailing, "anna.mailbox@example.org", orderNumber="M-1")
    pay(
        mailing,
        "boris.mailbox@example.org",
        orderNumber="M-2",
        description="<script>alert(1)</script>",
    )
    mailed(mailing, "anna.mailbox@example.org")
    [second] = mailed(mailing, "boris.mailbox@example.org")

    page.goto(f"{mailing.url}/sandbox/mail")
    for address in ("anna.mailbox@example.org", "boris.mailbox@example.org"):
        assert page.locator(".mails li", has_text=address).count() == 1
    screenshot(page, "mailbox-desktop")
    page.fill("#to", "boris.mailbox@example.org")
    page.get_by_role("button", name="Show").click()
    assert page.locator(".mails li").count() == 1
    page.get_by_role("link", name="Заказ оплачен").click()
    assert page.url.endswith(second["id"])
    body = page.frame_locator("iframe")
    assert "1\u202f500,00" in body.locator(".amount").inner_text()
    assert body.locator("td", has_text="<script>alert(1)</script>").count() == 1
    screenshot(page, "mail-desktop")

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    screenshot(page, "mail-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.goto(f"{mailing.url}/sandbox/mail")
    screenshot(page, "mailbox-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.goto(f"{mailing.url}/sandbox/mail?to=nobody@example.org")
    assert page.get_by_role("heading", name="No such mail").is_visible()
    screenshot(page, "mailbox-empty-phone")
    page.emulate_media(color_scheme="dark")
    page.goto(f"{mailing.url}/sandbox/mail/{second['id']}")
    screenshot(page, "mail-phone-dark")


def test_html_of_a_mail_runs_no_scripts_and_loads_nothing(mailing: Served) -> None:
    pay(mailing, "carl.mailbox@example.org")
    [mail] = mailed(mailing, "carl.mailbox@example.org")
    status, headers, html = get(mailing, f"/sandbox/mail/{mail['id']}/body")
    policy = headers["content-security-policy"]
    assert status == 200
    assert b"<!doctype html>" in html.lower()
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "script" not in policy
    _, page_headers, page = get(mailing, f"/sandbox/mail/{mail['id']}")
    assert b'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "script-src" not in page_headers["content-security-policy"]


def test_api_lists_by_address_and_order_and_shows_one_mail(mailing: Served) -> None:
    order_id = pay(mailing, "Dora.Mailbox@Example.org", orderNumber="M-api")
    [mail] = mailed(mailing, "dora.mailbox@example.org")
    assert mail["orderId"] == order_id
    assert (mail["orderNumber"], mail["kind"]) == ("M-api", "payment")
    for order in (order_id, "M-api"):
        assert get_json(mailing, f"/sandbox/mails?order={order}")["mails"] == [mail]
    whole = get_json(mailing, f"/sandbox/mails/{mail['id']}")
    assert "Заказ: M-api" in whole["text"]
    assert whole["html"].startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/sandbox/mails?address=a@b.example", 400, "address: no such parameter"),
        ("/sandbox/mails?to=nobody", 400, "no e-mail address"),
        ("/sandbox/mails?limit=0", 400, "limit"),
        ("/sandbox/mails/7", 404, "there is no mail"),
        ("/sandbox/mail?to=nobody", 400, "no e-mail address"),
        ("/sandbox/mail/7", 404, "There is no such mail"),
    ],
)
def test_wrong_question_is_explained(
    gateway: Served, path: str, status: int, expected: str
) -> None:
    found, _, body = get(gateway, path)
    assert found == status
    assert expected in body.decode()


def test_page_of_another_site_cannot_read_the_mailbox(gateway: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    try:
        connection.request("GET", "/sandbox/mails", headers={"Origin": "https://evil.example"})
        assert connection.getresponse().status == 403
    finally:
        connection.close()


def test_command_lists_and_shows_mails(mailing: Served) -> None:
    pay(mailing, "emma.mailbox@example.org", orderNumber="M-cli")
    [mail] = mailed(mailing, "emma.mailbox@example.org")
    listed = altyn(mailing, "mail", "list", "--to", "emma.mailbox@example.org")
    assert mail["id"] in listed.stdout, listed.stderr
    as_json = altyn(mailing, "mail", "list", "--order", "M-cli", "--json")
    assert json.loads(as_json.stdout) == [mail]
    shown = altyn(mailing, "mail", "show", mail["id"])
    assert "Заказ: M-cli" in shown.stdout
    assert "emma.mailbox@example.org" in shown.stdout
    whole = json.loads(altyn(mailing, "mail", "show", mail["id"], "--json").stdout)
    assert whole["html"].startswith("<!doctype html>")
    missing = altyn(mailing, "mail", "show", "7")
    assert missing.returncode == 1
    assert "altyn mail list" in missing.stderr
