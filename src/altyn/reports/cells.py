"""What all formats of a file share: texts that no spreadsheet takes for a formula, and words."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

WordOf = Callable[[StrEnum, str], str]
"""The words for a value of an enumeration, in a language."""

CSV_START: Final = "\ufeff"
"""By this mark a spreadsheet knows UTF-8."""

CSV_DELIMITERS: Final = {"ru": ";", "en": ","}
"""What spreadsheets expect by their language."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width signs, which some spreadsheets take for the plain ones."""

_SPREADSHEET_TEXT_MAX: Final = 32_767


# A spreadsheet that expects another separator than the file has begins a cell behind it.
_FORMULA_INSIDE: Final = re.compile('(?<=[;,\t\r\n])("*)(?=[=+@\uff1d\uff0b\uff0d\uff20-])')
_QUOTED: Final = re.compile('[;,"\t\r\n]')


def safe_text(text: str) -> str:
    """The text for a CSV file: no spreadsheet takes it, nor a part of it, for a formula."""
    inside = _FORMULA_INSIDE.sub(r"\1'", text)
    return f"'{inside}" if text.lstrip('"').startswith(_FORMULA) else inside


def csv_line(cells: Iterable[str], delimiter: str) -> str:
    """A line of a CSV file. What any separator divides is quoted, whichever the file has."""
    return delimiter.join(map(_cell, cells)) + "\r\n"


def _cell(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if _QUOTED.search(text) else text


def cut_text(text: str) -> str:
    """The text for a cell of a spreadsheet, which has a longest length; without control signs."""
    kept = "".join(each for each in text if each.isprintable() or each in "\n\t")
    return kept[:_SPREADSHEET_TEXT_MAX]
