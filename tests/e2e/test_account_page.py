"""The personal account in a browser: login, a new user with a one-time password, the log."""

from __future__ import annotations

import base64
import re
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, Page, expect

from altyn.security.one_time_codes import DIGITS, STEP_SECONDS
from altyn.storage.demo import DEMO_OWNER_LOGIN, DEMO_PASSWORD
from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.test_mailbox_page import get_json
from tests.e2e.web_rules import check_web_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEW = "Another!pass7"
WORDS = {
    "ru": ("Пароль изменён", "отчёты", "Пользователи"),
    "en": ("The password is changed", "make reports", "Users"),
}
"""A changed password, the right of an accountant, and the page that an accountant may not open."""


def log_in(page: Page, gateway: Served, language: str = "en") -> None:
    page.goto(f"{gateway.url}/mportal3/login?lang={language}")
    fill_login(page, DEMO_OWNER_LOGIN, DEMO_PASSWORD)
    page.wait_for_url(re.compile("/mportal3$"))


def fill_login(page: Page, login: str, password: str) -> None:
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.locator("main form button").first.click()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_login_is_readable_at_every_size(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    page.goto(f"{gateway.url}/mportal3?lang={language}")
    page.goto(f"{gateway.url}/mportal3/login?lang={language}")
    check_web_page(page, "account-login", language, screenshot)
    fill_login(page, DEMO_OWNER_LOGIN, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    check_web_page(page, "account-login-refused", language, screenshot)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_new_user_chooses_a_password_and_sees_its_own_pages(
    gateway: Served, page: Page, chromium: Browser, screenshot: Screenshot, language: str
) -> None:
    log_in(page, gateway, language)
    page.goto(f"{gateway.url}/mportal3/users")
    page.locator("#login").fill(f"test-olga-{language}")
    page.locator("#role").select_option("accountant")
    page.locator("main form .button-main").click()
    password = page.locator("section[role=status] code").inner_text()
    check_web_page(page, "account-user-added", language, screenshot)
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    try:
        phone = context.new_page()
        phone.goto(f"{gateway.url}/mportal3/login?lang={language}")
        fill_login(phone, f"test-olga-{language}", password)
        phone.wait_for_url(re.compile("/mportal3/password"))
        check_web_page(phone, "account-one-time-password", language, screenshot)
        phone.locator("#old_password").fill(password)
        phone.locator("#new_password").fill(NEW)
        phone.locator("#repeat_password").fill(NEW)
        phone.locator("main form .button-main").click()
        changed, reports, users = WORDS[language]
        expect(phone.get_by_role("status").first).to_contain_text(changed)
        expect(phone.locator("main")).to_contain_text(reports)
        expect(phone.locator("nav.narrow, .narrow nav")).not_to_contain_text(users)
        answer = phone.goto(f"{gateway.url}/mportal3/users")
        assert answer is not None
        assert answer.status == 403
        check_web_page(phone, "account-forbidden", language, screenshot)
        asked_for_a_code(phone, gateway, f"test-olga-{language}")
        check_web_page(phone, "account-code", language, screenshot)
        phone.locator("#code").fill("000000")
        phone.locator("main form button").click()
        expect(phone.get_by_role("alert")).to_be_visible()
        check_web_page(phone, "account-code-refused", language, screenshot)
    finally:
        context.close()


def asked_for_a_code(page: Page, gateway: Served, login: str) -> None:
    """Switch one-time codes on for the user of the page, and log in again up to the code."""
    page.goto(f"{gateway.url}/mportal3/one-time-codes")
    key = base64.b32decode(page.locator(".copied code").inner_text())
    now = datetime.fromisoformat(get_json(gateway, "/sandbox/clock")["utc"])
    generator = TOTP(key, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - RFC 6238
    page.locator("#code").fill(generator.generate(int(now.timestamp())).decode())
    page.locator("#password").fill(NEW)
    page.locator("main form .button-main").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.context.clear_cookies(name="altyn-account")
    page.goto(f"{gateway.url}/mportal3/login")
    fill_login(page, login, NEW)
    page.wait_for_url(re.compile("/mportal3/code"))


def test_api_password_is_generated_and_restored(gateway: Served, page: Page) -> None:
    log_in(page, gateway)
    page.goto(f"{gateway.url}/mportal3/api")
    page.get_by_role("button", name="Change the API password").first.click()
    expect(page.get_by_role("status").first).to_contain_text("is changed")
    page.get_by_role("button", name="Restore the password before").click()
    expect(page.get_by_role("status").first).to_contain_text("in force again")
    page.get_by_role("link", name="Audit log").first.click()
    expect(page.locator("tbody tr").first).to_contain_text("API password restored")
    page.get_by_role("button", name="Log out").first.click()
    page.wait_for_url(re.compile("/mportal3/login"))
