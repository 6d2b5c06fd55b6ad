"""The list of orders as a CSV file, written while it is read.

Source: personal-account.md §3 (10 000 rows per file).
"""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from altyn.inbound.personal_account.orders.columns import file_cells
from altyn.inbound.personal_account.orders.texts import orders_text
from altyn.operations.order_list import OrderFilter, OrderLists
from altyn.operations.paging import Place
from altyn.reports.cells import CSV_DELIMITERS, CSV_START, csv_line

ROWS_MAX: Final = 10_000
PAGE_ROWS: Final = 1_000


async def csv_lines(
    lists: OrderLists, wanted: OrderFilter, columns: Sequence[str], language: str
) -> AsyncIterator[str]:
    """The file, piece by piece, newest order first; at most ROWS_MAX orders.

    A file that is cut says so in its last line. Spreadsheets of each language expect its delimiter.
    """
    heads = [orders_text(each, language=language) for each in (*columns, "currency")]
    yield CSV_START + _written([heads], language)
    before: Place | None = None
    rows = 0
    while rows < ROWS_MAX:
        size = min(PAGE_ROWS, ROWS_MAX - rows)
        found = await lists.page(wanted, before=before, size=size)
        cells = [file_cells(line, columns, language) for line in found.lines]
        yield _written(cells, language)
        rows, before = rows + len(cells), found.older
        if before is None:
            return
    yield _written([[orders_text("cut", language=language, count=ROWS_MAX)]], language)


def _written(rows: Sequence[Sequence[str]], language: str) -> str:
    return "".join(csv_line(row, CSV_DELIMITERS[language]) for row in rows)
