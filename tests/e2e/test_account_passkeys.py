"""Passkeys in a browser, with a virtual authenticator of its developer tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from altyn.storage.demo import DEMO_OPERATOR_LOGIN, DEMO_OWNER_LOGIN, DEMO_PASSWORD
from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.web_rules import check_web_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DEVICE: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def url(gateway: Served) -> str:
    """The gateway by its name: a passkey belongs to a name, not to an IP address."""
    return gateway.url.replace("127.0.0.1", "localhost")


def add_device(page: Page, **changes: Any) -> tuple[CDPSession, str]:
    """A virtual authenticator of this page; its session and its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, **changes}})
    return session, added["authenticatorId"]


def log_in(page: Page, url: str, login: str, language: str) -> None:
    page.goto(f"{url}/mportal3/login?lang={language}")
    page.locator("#login").fill(login)
    page.locator("#password").fill(DEMO_PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile("/mportal3$"))


def begin(page: Page, url: str, name: str) -> None:
    """The first step of adding a passkey."""
    page.goto(f"{url}/mportal3/passkeys")
    page.locator("#name").fill(name)
    page.locator("#password").fill(DEMO_PASSWORD)
    page.locator("form[action$='/passkeys/new'] button").click()
    expect(page.locator("form[data-passkey=create]")).to_be_visible()


def remove_all(page: Page, url: str) -> None:
    """Remove the user's passkeys, so that a test leaves none behind."""
    page.goto(f"{url}/mportal3/passkeys")
    while page.locator("main details").count():
        page.locator("main details summary").first.click()
        page.locator("#password-1").fill(DEMO_PASSWORD)
        page.locator("button[formaction$='/remove']").first.click()
        expect(page.get_by_role("status").first).to_be_visible()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A page of its own context, as of a device that has never been here."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_passkey_is_added_and_logs_in(
    url: str, page: Page, screenshot: Screenshot, language: str
) -> None:
    add_device(page)
    log_in(page, url, DEMO_OWNER_LOGIN, language)
    page.goto(f"{url}/mportal3/passkeys")
    check_web_page(page, "account-passkeys-none", language, screenshot)
    name = "Рабочий ноутбук" if language == "ru" else "Work laptop"
    begin(page, url, name)
    check_web_page(page, "account-passkeys-new", language, screenshot)
    page.locator("form[data-passkey] button").press("Enter")
    page.wait_for_url(re.compile("done=added"))
    expect(page.get_by_role("status").first).to_be_visible()
    expect(page.locator("main")).to_contain_text(name)
    page.locator("main details summary").first.click()
    check_web_page(page, "account-passkeys-added", language, screenshot)
    page.set_viewport_size({"width": 1200, "height": 900})
    page.locator("form.reader button").first.click()
    page.wait_for_url(re.compile("/mportal3/login"))
    check_web_page(page, "account-login-passkey", language, screenshot)
    page.locator("form[data-passkey] button").press("Enter")
    page.wait_for_url(re.compile("/mportal3$"))
    page.goto(f"{url}/mportal3/audit")
    expected = "с ключом доступа" if language == "ru" else "with a passkey"
    expect(page.locator("tbody tr").first).to_contain_text(expected)
    check_web_page(page, "account-passkeys-audit", language, screenshot)
    remove_all(page, url)
    page.goto(f"{url}/mportal3/profile")
    check_web_page(page, "account-profile", language, screenshot)


def test_page_explains_what_the_device_refuses(url: str, phone: Page) -> None:
    session, device = add_device(phone)
    log_in(phone, url, DEMO_OPERATOR_LOGIN, "en")
    begin(phone, url, "Phone")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    button, problem = phone.locator("form[data-passkey] button"), phone.get_by_role("alert")
    button.click()
    expect(problem).to_contain_text("was not confirmed")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    button.click()
    phone.wait_for_url(re.compile("done=added"))
    begin(phone, url, "Phone again")
    phone.locator("form[data-passkey] button").click()
    expect(phone.get_by_role("alert")).to_contain_text("has a passkey of yours already")
    remove_all(phone, url)
    phone.locator("form.reader button").first.click()
    phone.wait_for_url(re.compile("/mportal3/login"))
    phone.locator("form[data-passkey] button").click()
    phone.wait_for_url(re.compile("/login/passkey"))
    expect(phone.get_by_role("alert").first).to_contain_text("is not known here")


def test_pages_work_without_scripts_and_at_an_ip_address(
    gateway: Served, url: str, chromium: Browser, screenshot: Screenshot, page: Page
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    try:
        plain = context.new_page()
        plain.goto(f"{url}/mportal3/login")
        expect(plain.locator("form[data-passkey]")).to_be_hidden()
        log_in(plain, url, DEMO_OWNER_LOGIN, "en")
        plain.goto(f"{url}/mportal3/passkeys")
        expect(plain.locator("main")).to_contain_text("Switch scripts on")
    finally:
        context.close()
    for language in ("ru", "en"):
        log_in(page, gateway.url, DEMO_OWNER_LOGIN, language)
        page.goto(f"{gateway.url}/mportal3/passkeys")
        check_web_page(page, "account-passkeys-ip", language, screenshot)
        page.locator("form.reader button").first.click()
        page.set_viewport_size({"width": 1200, "height": 900})
        page.wait_for_url(re.compile("/mportal3/login"))
        expect(page.locator("form[data-passkey]")).to_have_count(0)
