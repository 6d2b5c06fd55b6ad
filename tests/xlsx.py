"""Reads the cells of an XLSX file with the standard library alone, for tests of reports."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final
from xml.etree import ElementTree as ET

_SPACE: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Value = str | float | None


def read_xlsx(content: bytes) -> list[list[Value]]:
    """The rows of the first sheet; an empty cell is None. Fails on a formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    assert sheet.find(f".//{_SPACE}f") is None, "a cell is a formula"
    rows: list[list[Value]] = []
    for row in sheet.iter(f"{_SPACE}row"):
        cells = {_column(cell.attrib["r"]): _value(cell) for cell in row}
        rows.append([cells.get(at) for at in range(max(cells, default=-1) + 1)])
    return rows


def _column(reference: str) -> int:
    letters = re.sub(r"\d", "", reference)
    number = 0
    for digit in letters:
        number = 26 * number + ord(digit) - ord("A") + 1
    return number - 1


def _value(cell: ET.Element) -> Value:
    if cell.attrib.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{_SPACE}t"))
    number = cell.find(f"{_SPACE}v")
    return None if number is None else float(number.text or "nan")
