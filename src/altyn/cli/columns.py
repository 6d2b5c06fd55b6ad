"""Records as lines with aligned columns: one layout, whatever the width of the terminal.

A record may have several rows, and no id and no amount is ever cut.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from altyn.cli.escaping import safe_for_terminal
from altyn.cli.output import TABLE_WIDTH, console

CUT_MIN: Final = 8  # columns that are kept of a text, however long the texts before it are
_GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class Cell:
    """One text of a row; `style` is its colour, `right` aligns it to the right."""

    text: str
    style: str = ""
    right: bool = False

    @property
    def shown(self) -> str:
        """The text on one line, as it is printed."""
        return safe_for_terminal(self.text).replace("\n", "\\n")

    def padded(self, width: int) -> Text:
        """The text, filled up with spaces to a width."""
        space = " " * (width - cell_len(self.shown))
        return Text(space + self.shown if self.right else self.shown + space, self.style)


Row = Sequence[Cell]


def headers(*names: str) -> Row:
    """A row of column names."""
    return [Cell(name, "dim") for name in names]


def print_records(names: Sequence[Row], records: Sequence[Sequence[Row]]) -> None:
    """Print the names of the columns, then records of as many rows as `names` has.

    Rows at the same place of their records have the same columns; rows after the first are
    indented. The last cell of a row is cut where the row would be longer than TABLE_WIDTH.
    """
    every = [names, *records]
    widths = [_widths([record[place] for record in every]) for place in range(len(names))]
    for record in every:
        for place, row in enumerate(record):
            console().print(_line(row, widths[place], _GAP if place else ""), soft_wrap=True)


def _widths(rows: Sequence[Row]) -> list[int]:
    return [max(cell_len(cell.shown) for cell in column) for column in zip(*rows, strict=True)]


def _line(row: Row, widths: Sequence[int], indent: str) -> Text:
    line = Text(indent)
    for cell, width in zip(row[:-1], widths, strict=False):
        line.append_text(cell.padded(width)).append(_GAP)
    last = row[-1]
    return line.append(cut(last.shown, TABLE_WIDTH - line.cell_len), last.style)


def folded(text: str, indent: int) -> str:
    """The text on lines of at most TABLE_WIDTH columns, broken after a blank or a comma.

    Lines after the first are indented. A word that is longer than a line is not cut.
    """
    lines = [""]
    for piece in re.findall(r"[^ ,]+[ ,]*|[ ,]+", text):
        if lines[-1].strip() and cell_len(lines[-1] + piece.rstrip()) > TABLE_WIDTH:
            lines.append(" " * indent)
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def cut(text: str, width: int) -> str:
    """The text, cut to a width with an ellipsis; at least CUT_MIN columns of it are kept."""
    kept = max(width, CUT_MIN)
    return text if cell_len(text) <= kept else f"{set_cell_size(text, kept - 1).rstrip()}…"
