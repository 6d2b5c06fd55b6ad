"""The simulated phone in a window of a browser: its address, and the rules of the look for it."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from playwright.sync_api import Page, ViewportSize

from tests.e2e.conftest import PHONE_WINDOW, Screenshot
from tests.e2e.gateway import Served
from tests.e2e.page_rules import faults_of
from tests.e2e.web_rules import axe_faults

DESKTOP: Final = ViewportSize(width=1200, height=900)


def open_phone(
    page: Page, gateway: Served, phone: str, language: str = "ru", screen: str = ""
) -> None:
    """Open the lock screen of a phone, or another screen by the end of its path."""
    path = f"/sandbox/phone/{phone}/{screen}".rstrip("/")
    page.goto(f"{gateway.url}{path}?language={language}")


def check_phone(page: Page, name: str, language: str, screenshot: Screenshot) -> None:
    """Check the rules of the look at both sizes, in light and dark; a picture of each size."""
    faults: list[str] = []
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for kind, size in (("phone", PHONE_WINDOW), ("desktop", DESKTOP)):
        page.set_viewport_size(size)
        faults += [f"{kind}: {each}" for each in faults_of(page, language)]
        faults += [f"{kind}: {each}" for each in axe_faults(page)]
        screenshot(page, f"phone-{name}-{language}-{kind}")
    page.emulate_media(color_scheme="dark")
    faults += [f"dark: {each}" for each in faults_of(page, language)]
    screenshot(page, f"phone-{name}-{language}-dark")
    page.emulate_media(color_scheme="light")
    assert not faults, f"{name}, {language}:\n" + "\n".join(dict.fromkeys(faults))


def check_languages(page: Page, name: str, screenshot: Screenshot, *, last: str = "ru") -> None:
    """Check the screen in both languages, each at its own address; the page stays in `last`."""
    for language in ("ru", "en") if last == "en" else ("en", "ru"):
        page.goto(_in_language(page.url, language))
        check_phone(page, name, language, screenshot)


def _in_language(address: str, language: str) -> str:
    parts = urlsplit(address)
    query = {**dict(parse_qsl(parts.query)), "language": language}
    return urlunsplit(parts._replace(query=urlencode(query)))
