"""Writes a report as CSV: UTF-8 with a mark, so that a spreadsheet reads its Russian.

A Russian spreadsheet expects semicolons and decimal commas, an English one commas and points.
"""

import io
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from altyn.domain.money import Money
from altyn.domain.moscow import to_moscow
from altyn.operations.reports.jobs import ExportJob
from altyn.operations.reports.rows import Cell, Row
from altyn.reports.cells import CSV_DELIMITERS, CSV_START, WordOf, csv_line, safe_text
from altyn.reports.columns import columns_of


class CsvFile:
    """Implements `ReportFile`."""

    def __init__(self, job: ExportJob, word_of: WordOf) -> None:
        self._language, self._word_of = job.request.language, word_of
        self._out = io.StringIO(CSV_START)
        self._out.seek(0, io.SEEK_END)
        self._delimiter = CSV_DELIMITERS[self._language]
        self._write([each.title.text(self._language) for each in columns_of(job)])

    def add(self, rows: Sequence[Row]) -> None:
        """Write rows."""
        for row in rows:
            self._write([self._text(cell) for cell in row])

    def close(self) -> bytes:
        """The content of the file."""
        return self._out.getvalue().encode()

    def discard(self) -> None:
        """Free the memory."""
        self._out.close()

    def _write(self, cells: Sequence[str]) -> None:
        self._out.write(csv_line(cells, self._delimiter))

    def _text(self, cell: Cell) -> str:
        if isinstance(cell, StrEnum):
            return self._word_of(cell, self._language)
        if isinstance(cell, str):
            return safe_text(cell)
        if isinstance(cell, Money):
            return cell.text() if self._language == "en" else cell.text().replace(".", ",")
        if isinstance(cell, datetime):
            return f"{to_moscow(cell):%Y-%m-%d %H:%M:%S}"
        if isinstance(cell, date):
            return cell.isoformat()
        return "" if cell is None else str(cell)
