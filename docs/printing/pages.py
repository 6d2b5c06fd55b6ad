"""Every page of the reference by its file name."""

from pathlib import Path
from typing import Final

from docs.printing import callbacks, code_lists, order_life
from docs.printing import settings as settings_module
from docs.printing.cart_refusals import cart_refusals_page
from docs.printing.markdown import link, page, section, table
from docs.printing.methods import method_pages, method_rows
from docs.printing.soap import soap_page

REFERENCE: Final = Path(__file__).resolve().parent.parent / "reference"

_NOTATION: Final = (
    ("A", "letters"),
    ("N", "digits"),
    ("ANS", "letters, digits and other characters"),
    ("`..n`", "at most n characters"),
    ("`n`", "exactly n characters"),
    ("N..12 of an amount", "whole minor units: 150000 is 1500.00 roubles"),
    ("yyyy-MM-ddTHH:mm:ss", "Moscow time; dates in answers are milliseconds since 1970, UTC"),
)


def printed() -> dict[str, str]:
    """The pages of the current tables, by file name."""
    lists = {
        "order-statuses": order_life.statuses_page(),
        "ledger": order_life.ledger_page(),
        "callbacks": callbacks.callbacks_page(),
        "features": code_lists.features_page(),
        "action-codes": code_lists.action_codes_page(),
        "cart-refusals": cart_refusals_page(),
        "error-codes": code_lists.error_codes_page(),
        "three-d-secure": code_lists.three_ds_page(),
        "test-cards": code_lists.test_cards_page(),
        "currencies": code_lists.currencies_page(),
        "soap": soap_page(),
        "settings": settings_module.settings_page(),
        "merchant-settings": settings_module.merchant_settings_page(),
    }
    pages = {**dict(method_pages()), **lists, "index": _index(lists)}
    return {f"{name}.md": text for name, text in pages.items()}


def _index(pages: dict[str, str]) -> str:
    entries = [f"- {link(_title(text), name)}" for name, text in pages.items()]
    return page(
        "Reference",
        "These pages are printed from the tables with which the gateway reads requests, so they "
        'describe what it does. "Source" links to the section of the '
        "[protocol reference](../protocol/index.md) that a table was written from.",
        section("Methods", table(("Method", "What it does", "Permission"), method_rows())),
        section("Lists", "\n".join(entries)),
        section(
            "How a request is sent",
            "By POST with form fields or JSON, or by GET; query string and body are merged. "
            "Method names are case-insensitive, parameter names are case-sensitive. Unknown "
            "parameters are ignored. Empty parameters count as missing.",
        ),
        section("Notation of types", table(("Notation", "Meaning"), _NOTATION)),
    )


def _title(text: str) -> str:
    return text.splitlines()[0].removeprefix("# ")
