"""The reports of a process: the worker that builds them, and the words of their cells."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from altyn.domain.ledger import Account, Movement
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import AttemptState
from altyn.domain.receipt.values import ReceiptKind, ReceiptState
from altyn.inbound.personal_account.reports.texts import AGREEMENT_WORDS
from altyn.inbound.web.order_story.words import (
    ACCOUNT_WORDS,
    ATTEMPT_WORDS,
    MOVEMENT_WORDS,
    RECEIPT_KIND_WORDS,
    RECEIPT_STATE_WORDS,
    STATUS_WORDS,
)
from altyn.look import Words
from altyn.operations.ports import Clock
from altyn.operations.reports.jobs import ExportJob, FileFormat
from altyn.operations.reports.reconciliation import Agreement
from altyn.operations.reports.rows import ReportFile
from altyn.reports.csv_file import CsvFile
from altyn.reports.xlsx_file import XlsxFile
from altyn.storage.database import Pool
from altyn.storage.export_jobs import ExportJobStore
from altyn.storage.order_list import OrderListStore
from altyn.storage.report_rows import ReportRows
from altyn.workers.reports import ReportWorker
from altyn.workers.supervision import Supervisor

Key = TypeVar("Key", bound=StrEnum)
WORKER: Final = "reports"


def _by_value(words: Mapping[Key, Words]) -> Mapping[str, Words]:
    return {str(key): each for key, each in words.items()}


_WORDS: Final[Mapping[type[StrEnum], Mapping[str, Words]]] = MappingProxyType(
    {
        Movement: _by_value(MOVEMENT_WORDS),
        Account: _by_value(ACCOUNT_WORDS),
        ReceiptKind: _by_value(RECEIPT_KIND_WORDS),
        Agreement: _by_value(AGREEMENT_WORDS),
        OrderStatus: {key: words for key, (words, _) in STATUS_WORDS.items()},
        AttemptState: {key: words for key, (words, _) in ATTEMPT_WORDS.items()},
        ReceiptState: {key: words for key, (words, _) in RECEIPT_STATE_WORDS.items()},
    }
)


def word_of(value: StrEnum, language: str) -> str:
    """The words for a value in the cells of reports."""
    return _WORDS[type(value)][value].text(language)


def open_file(job: ExportJob) -> ReportFile:
    """The file of a job, in its format."""
    kind = CsvFile if job.request.format is FileFormat.CSV else XlsxFile
    return kind(job, word_of)


def report_worker(pool: Pool, clock: Clock) -> ReportWorker:
    """The worker that builds the reports."""
    return ReportWorker(
        jobs=ExportJobStore(pool),
        reader=ReportRows(pool, OrderListStore(pool)),
        open_file=open_file,
        clock=clock,
    )


def start_reports(supervisor: Supervisor, pool: Pool, clock: Clock) -> None:
    """Start the worker."""
    supervisor.start(WORKER, report_worker(pool, clock).run)
