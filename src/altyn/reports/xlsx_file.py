"""Writes a report as XLSX, row by row to a temporary file, so that its memory stays small.

Texts are written as texts, so that none of them is a formula or a link.
"""

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import xlsxwriter

from altyn.domain.money import Money
from altyn.domain.moscow import to_moscow
from altyn.operations.reports.jobs import ExportJob
from altyn.operations.reports.rows import Cell, Row
from altyn.reports.cells import WordOf, cut_text
from altyn.reports.columns import columns_of

_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


class XlsxFile:
    """Implements `ReportFile`."""

    def __init__(self, job: ExportJob, word_of: WordOf) -> None:
        self._language, self._word_of = job.request.language, word_of
        self._folder = tempfile.TemporaryDirectory(prefix="altyn-report-")
        self._path = Path(self._folder.name) / "report.xlsx"
        self._book = xlsxwriter.Workbook(str(self._path), {**_OPTIONS, "tmpdir": self._folder.name})
        self._sheet = self._book.add_worksheet()
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._amounts: dict[int, xlsxwriter.format.Format] = {}
        self._columns = columns_of(job)
        self._row, self._closed = 0, False
        self._write_titles()

    def add(self, rows: Sequence[Row]) -> None:
        """Write rows."""
        for row in rows:
            self._row += 1
            for at, cell in enumerate(row):
                self._write(at, cell)

    def close(self) -> bytes:
        """The content of the file."""
        self._sheet.autofilter(0, 0, self._row, len(self._columns) - 1)
        self._book.close()
        self._closed = True
        return self._path.read_bytes()

    def discard(self) -> None:
        """Delete the temporary file."""
        if not self._closed:
            self._book.close()  # it has a temporary file open
        self._folder.cleanup()

    def _write_titles(self) -> None:
        bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for at, column in enumerate(self._columns):
            self._sheet.set_column(at, at, column.width)
            self._sheet.write_string(0, at, column.title.text(self._language), bold)
        self._sheet.freeze_panes(1, 0)

    def _write(self, at: int, cell: Cell) -> None:
        sheet, row = self._sheet, self._row
        if isinstance(cell, StrEnum):
            sheet.write_string(row, at, self._word_of(cell, self._language))
        elif isinstance(cell, str):
            sheet.write_string(row, at, cut_text(cell))
        elif isinstance(cell, Money):
            sheet.write_number(row, at, float(cell.text()), self._amount(cell.currency.exponent))
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, at, to_moscow(cell).replace(tzinfo=None), self._time)
        elif isinstance(cell, date):
            sheet.write_datetime(row, at, cell, self._day)
        elif cell is not None:
            sheet.write_number(row, at, cell)

    def _amount(self, exponent: int) -> "xlsxwriter.format.Format":
        if exponent not in self._amounts:
            shown = "#,##0" + ("." + "0" * exponent if exponent else "")
            self._amounts[exponent] = self._book.add_format({"num_format": shown})
        return self._amounts[exponent]
