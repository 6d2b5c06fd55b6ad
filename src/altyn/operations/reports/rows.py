"""The rows of reports: what each has in its columns, read from the orders part by part.

Amounts are minor units; a cell with an amount names its currency.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from altyn.domain.money import Money
from altyn.operations.reports.jobs import ExportJob

Cell: TypeAlias = str | int | Money | datetime | date | StrEnum | None
"""One cell. An enumeration is written as the words for its value, a time as Moscow time."""

Row: TypeAlias = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a report, in order, and how much of the report is done with them, 0 to 100."""

    rows: Sequence[Row]
    percent: int


class ReportReader(Protocol):
    """Reads the rows of a job's report part by part."""

    def parts(self, job: ExportJob) -> AsyncIterator[Part]: ...


class ReportFile(Protocol):
    """A file that rows are added to. Its methods may be called in a thread."""

    def add(self, rows: Sequence[Row]) -> None: ...

    def close(self) -> bytes:
        """The content of the file; nothing is added any more."""
        ...

    def discard(self) -> None:
        """Delete what was written."""
        ...


class FileMaker(Protocol):
    """Opens the file of a job, with its columns."""

    def __call__(self, job: ExportJob) -> ReportFile: ...
