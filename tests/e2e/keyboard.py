"""A user who has a keyboard and no mouse: moves the focus by Tab, and presses what has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Locator, Page, expect

TABS_MAX: Final = 40
WALK_MAX: Final = 300
FIELD_PARTS_MAX: Final = 8
"""Presses of Tab within a field of a date and a time: its parts, and the button of its calendar."""

FOCUS_RULES: Final = Path(__file__).with_name("focus_rules.js").read_text("utf-8")
STOPS: Final = """() => {
  const all = [...document.querySelectorAll("*")], groups = new Set();
  const controls = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  return [...document.querySelectorAll(controls)].filter((each) => {
    if (each.disabled || each.type === "hidden" || each.tabIndex < 0) return false;
    if (!each.checkVisibility()) return false;
    if (each.type !== "radio") return true;
    const checked = document.querySelector(`input[type=radio][name="${each.name}"]:checked`);
    if (checked ? checked !== each : groups.has(each.name)) return false;
    groups.add(each.name);
    return true;
  }).map((each) => all.indexOf(each));
}"""


def reach(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab, until this element has the focus."""
    target = page.locator(selector)
    expect(target).to_be_visible()
    for _ in range(TABS_MAX):
        if has_focus(target):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{TABS_MAX} presses of {key} do not reach {selector}")


def press_at(page: Page, selector: str, key: str = "Tab") -> None:
    """Reach this element by Tab, or Shift+Tab, and press Enter."""
    reach(page, selector, key)
    page.keyboard.press("Enter")


def has_focus(target: Locator) -> bool:
    """Whether this element has the focus."""
    return bool(target.evaluate("element => element === document.activeElement"))


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab, until this element has the focus; each stop keeps the rules.

    The focus is visible, inside the window and not covered, and comes to no element again.
    """
    expect(target).to_be_visible()
    passed = _Passed()
    while len(passed.numbers) < WALK_MAX:
        stop = _press(page, key)
        assert stop is not None, f"{key} left {page.url} before {target}"
        if has_focus(target):
            return
        passed.add(stop)
    raise AssertionError(f"{WALK_MAX} presses of {key} do not reach {target}")


def walk(page: Page) -> None:
    """Press Tab from the top of the page to its end: each control is a stop, in their order.

    The page has to be loaded again, so that nothing of it has the focus.
    """
    passed = _Passed()
    while (stop := _press(page, "Tab")) is not None:
        passed.add(stop)
        assert len(passed.numbers) < WALK_MAX
    stops = page.evaluate(STOPS)
    assert [each for each in passed.numbers if each in stops] == stops
    assert passed.numbers == sorted(passed.numbers)


def _press(page: Page, key: str) -> dict[str, Any] | None:
    """Press a key; the element that has the focus now, which keeps the rules; None: no element."""
    page.keyboard.press(key)
    stop: dict[str, Any] | None = page.evaluate(FOCUS_RULES)
    assert not stop or not stop["faults"], f"{page.url}:\n" + "\n".join(stop["faults"])
    return stop


@dataclass(slots=True)
class _Passed:
    """The stops so far, by their number among the elements of the page."""

    numbers: list[int] = field(default_factory=list)
    stayed: int = 0

    def add(self, stop: dict[str, Any]) -> None:
        """Note a stop. The parts of a field of dates are stops at the same element."""
        number = stop["number"]
        if self.numbers and self.numbers[-1] == number:
            self.stayed += 1
            assert self.stayed < FIELD_PARTS_MAX, f"the focus stays at {stop['name']}"
            return
        assert number not in self.numbers, f"the focus comes back to {stop['name']}"
        self.numbers.append(number)
        self.stayed = 0
