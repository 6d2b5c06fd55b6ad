"""A payer who has a keyboard and no mouse: moves the focus by Tab, and presses what has it."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page, expect

TABS_MAX: Final = 40


def reach(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab, until this element has the focus."""
    target = page.locator(selector)
    expect(target).to_be_visible()
    for _ in range(TABS_MAX):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{TABS_MAX} presses of {key} do not reach {selector}")


def press_at(page: Page, selector: str, key: str = "Tab") -> None:
    """Reach this element by Tab, or Shift+Tab, and press Enter."""
    reach(page, selector, key)
    page.keyboard.press("Enter")
