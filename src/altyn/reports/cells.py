"""What all formats of a file share: texts that no spreadsheet takes for a formula, and words."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

WordOf = Callable[[StrEnum, str], str]
"""The words for a value of an enumeration, in a language."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width signs, which some spreadsheets take for the plain ones."""

_SPREADSHEET_TEXT_MAX: Final = 32_767


def safe_text(text: str) -> str:
    """The text for a CSV file: no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def cut_text(text: str) -> str:
    """The text for a cell of a spreadsheet, which has a longest length; without control signs."""
    kept = "".join(each for each in text if each.isprintable() or each in "\n\t")
    return kept[:_SPREADSHEET_TEXT_MAX]
