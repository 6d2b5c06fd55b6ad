"""Every page of the reference by its file name.

It exists so that the command which writes them and the test which compares them cannot differ.
"""

from pathlib import Path
from typing import Final

from docs.printing import callbacks, code_lists, order_life
from docs.printing import settings as settings_module
from docs.printing.markdown import link, page, section, table
from docs.printing.methods import method_pages, method_rows
from docs.printing.soap import soap_page

REFERENCE: Final = Path(__file__).resolve().parent.parent / "reference"

_NOTATION: Final = (
    ("A", "letters"),
    ("N", "digits"),
    ("ANS", "letters, digits and other signs"),
    ("`..n`", "at most n characters"),
    ("`n`", "exactly n characters"),
    ("N..12 of an amount", "whole minor units: 150000 is 1500.00 roubles"),
    ("yyyy-MM-ddTHH:mm:ss", "Moscow time; dates in answers are milliseconds since 1970, UTC"),
)


def printed() -> dict[str, str]:
    """The pages as the tables print them now, by file name."""
    others = {
        "order-statuses": order_life.statuses_page(),
        "ledger": order_life.ledger_page(),
        "callbacks": callbacks.callbacks_page(),
        "features": code_lists.features_page(),
        "action-codes": code_lists.action_codes_page(),
        "error-codes": code_lists.error_codes_page(),
        "three-d-secure": code_lists.three_ds_page(),
        "test-cards": code_lists.test_cards_page(),
        "currencies": code_lists.currencies_page(),
        "soap": soap_page(),
        "settings": settings_module.settings_page(),
        "merchant-settings": settings_module.merchant_settings_page(),
    }
    pages = {**dict(method_pages()), **others, "index": _index(others)}
    return {f"{name}.md": text for name, text in pages.items()}


def _index(others: dict[str, str]) -> str:
    lists = [f"- {link(_title(text), name)}" for name, text in others.items()]
    return page(
        "Reference",
        "Printed from the tables that the gateway reads requests with, so what stands here is what "
        "it does. Sources are named after the sections of the protocol reference that the tables "
        "were written from.",
        section("Methods", table(("Method", "What it does", "Permission"), method_rows())),
        section("Lists", "\n".join(lists)),
        section(
            "How a request is sent",
            "POST with form fields, with JSON, or GET; query string and body are put together. The "
            "letters' case in a method's name does not matter, in a parameter's name it does. "
            "Unknown parameters are ignored. Parameters that are empty count as missing.",
        ),
        section("Notation of types", table(("Notation", "Means"), _NOTATION)),
    )


def _title(text: str) -> str:
    return text.splitlines()[0].removeprefix("# ")
