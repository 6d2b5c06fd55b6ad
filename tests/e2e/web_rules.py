"""Rules that hold for every page of the console and the personal account, at every width.

axe checks accessibility (WCAG 2.2 AA), here without any finding: all rules at the narrowest and the
widest size, since a phone has the narrowest one's layout, and what colours decide in the dark. No
page scrolls sideways, and no text is cut off.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, ViewportSize

from tests.e2e.conftest import Screenshot

NPM: Final = Path(sys.prefix) / "npm" / "node_modules"
AXE: Final = NPM / "axe-core" / "axe.min.js"
WIDTHS: Final = {"narrowest": (320, 640), "phone": (360, 740), "desktop": (1200, 900)}
ALL_RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOUR_RULES: Final = ("color-contrast", "link-in-text-block")
# A form that is busy is dimmed on purpose: nothing of it can be used.
RUN_AXE: Final = """async ([runOnly, without]) => {
  const context = { exclude: ['[aria-busy="true"]'] };
  const { violations } = await axe.run(context, {
    runOnly, rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])) });
  return violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id} (${rule.impact}): ${rule.help}: ${node.target.join(" ")}`));
}"""
CUT_OFF: Final = """() => {
  const faults = new Set(), page = document.documentElement;
  if (page.scrollWidth > page.clientWidth)
    faults.add(`the page scrolls sideways: ${page.scrollWidth} px`);
  for (const element of document.querySelectorAll("main *, header *")) {
    if (!element.checkVisibility()) continue;
    if (element.closest(".visually-hidden, pre, .scroll")) continue;
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const own = texts.map((node) => node.data).join(" ").trim().slice(0, 40);
    if (!own) continue;
    const box = element.getBoundingClientRect();
    if (box.right > page.clientWidth + 1 || box.left < -1) faults.add(`outside the page: ${own}`);
    if (parseFloat(getComputedStyle(element).fontSize) < 12) faults.add(`below 12 px: ${own}`);
  }
  return [...faults];
}"""


def check_web_page(page: Page, name: str, language: str, screenshot: Screenshot) -> None:
    """Check the open page at each width, in light and dark; a picture of phone and desktop."""
    assert page.locator("html").get_attribute("lang") == language
    faults: list[str] = []
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for width, (across, high) in WIDTHS.items():
        page.set_viewport_size(ViewportSize(width=across, height=high))
        faults += [f"{width}: {each}" for each in page.evaluate(CUT_OFF)]
        if width != "phone":
            faults += [f"{width}: {each}" for each in axe_faults(page)]
        if width != "narrowest":
            screenshot(page, f"{name}-{language}-{width}")
    page.emulate_media(color_scheme="dark")
    faults += [f"dark: {each}" for each in axe_faults(page, COLOUR_RULES)]
    page.emulate_media(color_scheme="light")
    assert not faults, f"{name}, {language}:\n" + "\n".join(dict.fromkeys(faults))


def axe_faults(
    page: Page, rules: Sequence[str] = ALL_RULES, without: Sequence[str] = ()
) -> list[str]:
    """What axe finds on the open page by these rules or groups of rules, `without` some.

    It is put in as a test tool: the page's policy bans it.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(RUN_AXE, [list(rules), list(without)])
    return found
