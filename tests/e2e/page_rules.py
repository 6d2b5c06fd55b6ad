"""Rules of the look that hold for every page a payer sees, at every width and in both themes.

axe checks names, roles and labels for screen readers at the narrowest and the widest size, since a
phone has the narrowest one's layout. It needs a browser that runs scripts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import Page, ViewportSize

from tests.e2e.conftest import Screenshot
from tests.e2e.web_rules import axe_faults

RULES: Final = Path(__file__).with_name("page_rules.js").read_text("utf-8")
NARROWEST, PHONE, DESKTOP = 320, 360, 1200
HEIGHTS: Final = {NARROWEST: 640, PHONE: 740, DESKTOP: 900}
# A page that waits for a bank reloads itself, also without scripts; nothing is typed on it.
WAITS: Final = ("meta-refresh",)
# Texts of the demo shop that its pages show in every language.
SHOPS_TEXTS: Final = ("Чай чёрный",)


def check_every_size(
    page: Page, name: str, language: str, screenshot: Screenshot, *, scripts: bool = True
) -> None:
    """Check the open page at each width, in light and dark; a picture of phone and desktop."""
    faults: list[str] = []
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # colours change at once
    for width, height in HEIGHTS.items():
        page.set_viewport_size(ViewportSize(width=width, height=height))
        faults += [f"{width} px: {each}" for each in faults_of(page, language)]
        if scripts and width != PHONE:
            faults += [f"{width} px: {each}" for each in axe_faults(page, without=WAITS)]
        if width != NARROWEST:
            screenshot(page, f"{name}-{language}-{'phone' if width == PHONE else 'desktop'}")
    page.emulate_media(color_scheme="dark")
    faults += [f"dark: {each}" for each in faults_of(page, language)]
    page.emulate_media(color_scheme="light")
    assert not faults, f"{name}, {language}:\n" + "\n".join(dict.fromkeys(faults))


def faults_of(page: Page, language: str) -> list[str]:
    """What breaks a rule on the open page; nothing for a page as it should be."""
    found: list[str] = page.evaluate(RULES, [language, list(SHOPS_TEXTS)])
    return found
