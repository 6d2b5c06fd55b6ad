"""A canary: marked cards are sent to everything that takes a card, and then searched everywhere.

Searched are the files of the database with its WAL, the rows as text, the log, the output of the
commands, the request log, the audit log, reports and exports, the callbacks with their heads, the
answers, and the memory of the processes. Only ciphertext and masked numbers may be found.
`tests/card_marks.py` lists the forms of a number.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest

from altyn.embedded_postgres import EmbeddedPostgres
from altyn.operations.order_list import OrderFilter
from altyn.operations.reports.jobs import (
    ExportJob,
    FileFormat,
    JobState,
    ReportKind,
    ReportRequest,
)
from altyn.storage.database import connect
from altyn.storage.export_jobs import ExportJobStore
from tests.card_marks import CODE_NAMES, MarkedCard, codes_pattern
from tests.e2e.card_scenarios import ENROLLED, FAULTY, PAYMENTS, Payer
from tests.e2e.command import Gateway, altyn, eventually, serving
from tests.memory_search import Found, memory_is_readable, pattern_of, search_memory
from tests.receiver import set_callbacks

WORKERS: Final = 2
SEARCHES: Final = 3
GROUP: Final = 7
START_TEXT_COPIES: Final = 2
"""The text at the start names the documented card; so many copies of its buffers may come and go.
Each of the payments with this card would leave more."""
"""So many payments are made, then the memory is searched: a search takes seconds."""

WRONG_FIELD_PLACES_MAX: Final = 16
"""Where cards in the wrong field may stay in memory after all scenarios; see decision 0021."""


@dataclass
class RequestHeads:
    """Whole callback requests as they arrived: request line, headers, body."""

    url: str = ""
    received: list[bytes] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[RequestHeads]:
    """A shop's receiver of callbacks on a free port."""
    heads = RequestHeads()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            heads.received.append(f"{self.requestline}\n{self.headers}".encode() + body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the name that the server looks for

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heads.url = f"http://127.0.0.1:{server.server_port}/cb"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield heads
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Canary:
    """A gateway in several processes, what its payers have sent, and where to search for it."""

    gateway: Gateway
    payer: Payer
    database: Path
    url: str
    callbacks: RequestHeads
    documented_at_start: int = 0
    places_after_payments: list[str] = field(default_factory=list)

    @property
    def cards(self) -> tuple[MarkedCard, ...]:
        return (*self.payer.used.values(), ENROLLED)

    def processes(self) -> list[int]:
        """The gateway and its workers."""
        process = psutil.Process(self.gateway.process.pid)
        ids = [process.pid, *(worker.pid for worker in self.gateway.workers())]
        assert len(ids) == 1 + WORKERS
        return ids

    def in_memory(self, pattern: re.Pattern[bytes], words: Sequence[bytes] = ()) -> list[Found]:
        return [found for pid in self.processes() for found in search_memory(pid, pattern, words)]

    def run_payments(self, payments: Sequence[Callable[[Payer], None]]) -> None:
        """Run scenarios, then search the memory for their cards."""
        known = set(self.payer.used)
        for payment in payments:
            payment(self.payer)
        used = [card for each, card in self.payer.used.items() if each not in known]
        if not memory_is_readable(self.gateway.process.pid):
            return
        numbers = pattern_of(form for card in used for form in card.forms())
        codes = codes_pattern(used)
        places: list[Found] = []
        for _ in range(SEARCHES):
            # The answer is sent a moment before the request's objects are freed.
            places = [*self.in_memory(numbers), *self.in_memory(codes, CODE_NAMES)]
            if not places:
                return
        self.places_after_payments += [str(found) for found in places]


async def checkpoint(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def rows_as_text(url: str) -> dict[str, bytes]:
    """Every table's rows as text: files may hold long values compressed."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        texts = {}
        for table in tables:
            name = table["name"]
            rows = await connection.fetch(f"SELECT each::text FROM {name} AS each")  # noqa: S608 - from the catalogue
            texts[name] = "\n".join(row[0] for row in rows).encode()
        return texts
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    """The gateway after all scenarios; its processes still run."""
    folder = tmp_path_factory.mktemp("canary")
    with (
        receiver() as callbacks,
        EmbeddedPostgres(folder / "database") as server,
        serving(
            folder / "home",
            ALTYN_DATABASE_URL=server.url,
            ALTYN_WORKERS=str(WORKERS),
            ALTYN_LOG_LEVEL="debug",
            ALTYN_LOG_FORMAT="json",
        ) as gateway,
    ):
        asyncio.run(set_callbacks(server.url, urls=(callbacks.url,)))
        found = Canary(gateway, Payer(gateway), folder / "database", server.url, callbacks)
        if memory_is_readable(gateway.process.pid):
            documented = pattern_of([ENROLLED.pan.encode()])
            found.documented_at_start = len(found.in_memory(documented))
        for faulty in FAULTY:
            faulty(found.payer)
        for begin in range(0, len(PAYMENTS), GROUP):
            found.run_payments(PAYMENTS[begin : begin + GROUP])
        assert eventually(lambda: callbacks.received)
        yield found


def found_in(content: bytes, cards: tuple[MarkedCard, ...]) -> list[str]:
    """The cards and the codes that stand in the content, with what is around them."""
    numbers = pattern_of(form for card in cards for form in card.forms())
    matches = [*numbers.finditer(content), *codes_pattern(cards).finditer(content)]
    return [repr(content[max(m.start() - 60, 0) : m.end() + 20]) for m in matches]


@pytest.mark.slow
def test_scenarios_reach_the_bank_and_leave_masked_numbers(canary: Canary) -> None:
    """The search would find nothing if the scenarios did nothing."""
    assert len(canary.payer.used) > 35
    texts = b"\n".join(asyncio.run(rows_as_text(canary.url)).values())
    paid = [name for name in ("form", "json", "page", "soap", "multipart", "pieces", "stored")
            if canary.payer.used[name].masked.encode() not in texts]  # fmt: skip
    assert not paid, "their masked numbers are in no table"
    log = canary.gateway.log.read_bytes()
    assert b"paymentOrder" in log
    assert any(b"mdOrder" in head for head in canary.callbacks.received)


@pytest.mark.slow
def test_files_of_the_database_and_its_wal_hold_no_card(canary: Canary) -> None:
    asyncio.run(checkpoint(canary.url))
    files = [path for path in canary.database.rglob("*") if path.is_file()]
    assert any("pg_wal" in path.parts for path in files)
    found = {
        str(path.relative_to(canary.database)): places
        for path in files
        if (places := found_in(content_of(path), canary.cards))
    }
    assert not found


def content_of(path: Path) -> bytes:
    """A file of the running database; empty where PostgreSQL has removed it meanwhile, as it does
    with its cache of the catalogue."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


@pytest.mark.slow
def test_rows_of_all_tables_hold_no_card(canary: Canary) -> None:
    rows = asyncio.run(rows_as_text(canary.url))
    assert len(rows) > 20
    found = {name: found_in(text, canary.cards) for name, text in rows.items()}
    assert not [places for places in found.values() if places], found


@pytest.mark.slow
def test_log_callbacks_and_answers_hold_no_card(canary: Canary) -> None:
    # The text at the start, before the log, advertises test cards.
    lines = canary.gateway.log.read_bytes().splitlines()
    log = b"\n".join(line for line in lines if line.startswith(b"{"))
    assert b"payer_simulated" in log
    assert not found_in(log, canary.cards)
    assert not found_in(b"\n".join(canary.callbacks.received), canary.cards)
    assert not found_in(b"\n".join(canary.payer.answers), canary.cards)


@pytest.mark.slow
def test_output_of_the_commands_holds_no_card(canary: Canary) -> None:
    url = {"ALTYN_DATABASE_URL": canary.url}
    listed = json.loads(command(canary, "order", "list", "--limit", "1000", "--json", **url))
    ids = [order["orderId"] for order in listed][:10]
    outputs = [json.dumps(listed)]
    outputs += [command(canary, "order", "show", each, **url) for each in ids[:3]]
    outputs += [command(canary, "order", "show", each, "--json", **url) for each in ids[:3]]
    outputs += [command(canary, "callbacks", "list", "--json", **url)]
    outputs += [command(canary, "keys", "status", "--json", **url)]
    outputs += [command(canary, "doctor", "--json", **url)]
    assert not found_in("\n".join(outputs).encode(), canary.cards)


@pytest.mark.slow
def test_request_log_and_audit_log_hold_no_card(canary: Canary) -> None:
    listed = json.loads(command(canary, "requests", "list", "--limit", "100", "--json"))
    methods = {each["method"] for each in listed}
    assert {"paymentOrder", "processform.do"} <= methods
    outputs = [json.dumps(listed)]
    outputs += [canary.payer.send(f"/sandbox/requests/{each['id']}").decode() for each in listed]
    newest = str(listed[0]["id"])
    outputs += [command(canary, "requests", "show", newest, *more) for more in ((), ("--json",))]
    url = {"ALTYN_DATABASE_URL": canary.url}
    for more in ((), ("--json",)):
        outputs.append(command(canary, "audit", "export", "test", *more, **url))
    assert not found_in("\n".join(outputs).encode(), canary.cards)


@pytest.mark.slow
def test_reports_and_exports_of_orders_hold_no_card(canary: Canary) -> None:
    files = asyncio.run(exported_files(canary.url))
    assert len(files) == len(ReportKind) * len(FileFormat)
    shown = {
        ReportKind.OPERATIONS: canary.payer.used["form"].masked.encode(),
        ReportKind.ORDERS: b"instantPayment",  # the number of an order
    }
    for name, content in files.items():
        assert shown.get(ReportKind(name.split(" ")[0]), b"") in content, name
        assert not found_in(content, canary.cards), name


async def exported_files(url: str) -> dict[str, bytes]:
    """Every report and export in each format, as text, by its kind and format."""
    pool = await connect(url, pool_size=1)
    try:
        jobs = ExportJobStore(pool)
        merchant_id = await pool.fetchval("SELECT merchant_id FROM merchants WHERE login = 'test'")
        asked = [an_export(merchant_id, kind, form) for kind in ReportKind for form in FileFormat]
        for job in asked:
            assert await jobs.add(job, waiting_max=len(asked))
        return {
            f"{job.request.kind} {job.request.format}": await text_of_export(jobs, job)
            for job in asked
        }
    finally:
        await pool.close()


def an_export(merchant_id: int, kind: ReportKind, form: FileFormat) -> ExportJob:
    """A job about all that the scenarios have made; they move the clock a day ahead."""
    now = datetime.now(UTC)
    request = ReportRequest(
        kind=kind,
        format=form,
        first=now.date() - timedelta(days=1),
        last=now.date() + timedelta(days=2),
        orders=OrderFilter(merchant_ids=(merchant_id,)) if kind is ReportKind.ORDERS else None,
    )
    return ExportJob(
        merchant_id=merchant_id,
        job_id=uuid4(),
        request=request,
        requested_by="test-owner",
        created_at=now,
    )


async def text_of_export(jobs: ExportJobStore, job: ExportJob) -> bytes:
    """The file of a job once the gateway has built it; of XLSX, what is in its archive."""
    content = None
    while content is None:
        await asyncio.sleep(0.1)
        current = await jobs.load(job.merchant_id, job.job_id)
        assert current is not None
        assert current.state is not JobState.FAILED, current.problem
        content = await jobs.file(job.merchant_id, job.job_id)
    if job.request.format is FileFormat.CSV:
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


@pytest.mark.slow
def test_memory_of_the_processes_holds_no_card_after_its_payment(canary: Canary) -> None:
    if memory_is_readable(canary.gateway.process.pid):
        assert not canary.places_after_payments
        documented = canary.in_memory(pattern_of([ENROLLED.pan.encode()]))
        assert len(documented) <= canary.documented_at_start + START_TEXT_COPIES


@pytest.mark.slow
def test_memory_holds_few_numbers_that_were_in_the_wrong_field(canary: Canary) -> None:
    if memory_is_readable(canary.gateway.process.pid):
        cards = [card for card in canary.cards if card is not ENROLLED]
        places = canary.in_memory(pattern_of(form for card in cards for form in card.forms()))
        assert len(places) <= WRONG_FIELD_PLACES_MAX, "\n".join(map(str, places))


def command(canary: Canary, *words: str, **variables: str) -> str:
    done = altyn(canary.gateway.home, *words, **variables)
    return done.out + done.err
