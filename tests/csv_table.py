"""Reads the cells of a CSV file with a byte order mark, for tests of reports and exports."""

from __future__ import annotations

import csv
import io


def read_csv(content: bytes) -> list[list[str]]:
    """The rows of a file whose cells are divided by commas."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
