"""The files of reports: no formula in any cell, words and formats of the language."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from altyn.domain.ledger import Movement
from altyn.domain.money import CURRENCIES, Money
from altyn.main.reports import open_file
from altyn.operations.reports.jobs import ExportJob, FileFormat, ReportKind, ReportRequest
from altyn.operations.reports.rows import Cell
from altyn.reports.columns import COLUMNS
from tests.xlsx import read_xlsx

AT = datetime(2026, 11, 26, 21, 0, 5, tzinfo=UTC)  # the 27th in Moscow
HOSTILE = ("=1+1", "+7", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "http://example.org", "=cmd|x")


def a_job(file_format: FileFormat, language: str = "ru") -> ExportJob:
    day = date(2026, 11, 26)
    request = ReportRequest(
        kind=ReportKind.OPERATIONS, format=file_format, language=language, first=day, last=day
    )
    return ExportJob(
        merchant_id=1, job_id=UUID(int=1), request=request, requested_by="owner", created_at=AT
    )


def written(job: ExportJob, *rows: list[Cell]) -> bytes:
    file = open_file(job)
    try:
        file.add(rows)
        return file.close()
    finally:
        file.discard()


def in_csv(content: bytes, delimiter: str) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize(
    ("language", "delimiter", "amount", "word"),
    [("ru", ";", "-1234,05", "Возврат"), ("en", ",", "-1234.05", "Refund")],
)
def test_csv_has_the_formats_of_its_language(
    language: str, delimiter: str, amount: str, word: str
) -> None:
    row: list[Cell] = [date(2026, 11, 27), AT, Movement.REFUND]
    money = Money(-123_405, CURRENCIES["643"])
    content = written(a_job(FileFormat.CSV, language), [*row, money, None, 5])
    titles, cells = in_csv(content, delimiter)
    expected = [each.title.text(language) for each in COLUMNS[ReportKind.OPERATIONS]]
    assert titles == expected
    assert cells == ["2026-11-27", "2026-11-27 00:00:05", word, amount, "", "5"]


def test_csv_has_no_formula() -> None:
    _, cells = in_csv(written(a_job(FileFormat.CSV), list(HOSTILE)), ";")
    for text, cell in zip(HOSTILE, cells, strict=True):
        if text.startswith("http"):
            assert cell == text
        else:  # behind a tab or a line break a sign would begin a cell of its own
            assert cell in {f"'{text}", f"'{text.replace('=', chr(39) + '=')}"}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(
    "text",
    [
        *("Tea;=1+1", "Tea,=1+1", "Tea\t=1+1", "Tea\n=1+1", 'Tea;"=1+1"', 'Tea,""=1+1', '"=1+1'),
        *("Tea;+7", "Tea,-1", "Tea;@SUM(A1)", "Tea,\uff1d1", ";=1;=2,=3", "=1;=1"),
    ],
)
def test_csv_has_no_formula_for_a_spreadsheet_with_another_separator(
    text: str, language: str
) -> None:
    content = written(a_job(FileFormat.CSV, language), [text, "next"]).decode("utf-8-sig")
    for delimiter in ";,\t":
        cells = [
            cell
            for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
            for cell in row
        ]
        assert [each for each in cells if each.lstrip('"').startswith(tuple("=+-@\uff1d"))] == []
    pieces = re.split("[;,\t\r\n]", content)
    assert [each for each in pieces if each.lstrip('"').startswith(tuple("=+-@\uff1d"))] == []


@pytest.mark.parametrize(("language", "delimiter"), [("ru", ";"), ("en", ",")])
def test_csv_quotes_what_any_separator_divides(language: str, delimiter: str) -> None:
    texts: list[Cell] = ["a;b", "a,b", 'a"b', "a\nb", "a\rb", "a\tb", "plain"]
    content = written(a_job(FileFormat.CSV, language), texts).decode("utf-8-sig")
    _, row = content.split("\r\n", 1)
    quoted = ('"a;b"', '"a,b"', '"a""b"', '"a\nb"', '"a\rb"', '"a\tb"', "plain")
    assert row == delimiter.join(quoted) + "\r\n"
    assert in_csv(content.encode("utf-8-sig"), delimiter)[1] == texts


def test_xlsx_has_texts_numbers_and_times_but_no_formula() -> None:
    row: list[Cell] = [*HOSTILE, Money(123_405, CURRENCIES["643"]), AT, date(2026, 11, 27), 7]
    titles, cells = read_xlsx(written(a_job(FileFormat.XLSX), row))
    assert titles[0] == "Операционный день"
    assert [each for each in cells[: len(HOSTILE)] if not isinstance(each, str)] == []
    assert cells[0] == "=1+1"
    assert cells[-4:-2] == [1234.05, pytest.approx(46353 + 5 / 86_400)]
    assert cells[-2:] == [46353, 7]


def test_control_signs_and_very_long_texts_leave_a_file_that_opens() -> None:
    _, cells = read_xlsx(written(a_job(FileFormat.XLSX), ["a\x00\x01\ud800b", "x" * 40_000]))
    assert cells[0] == "ab"
    assert cells[1] == "x" * 32_767


def test_discarded_file_leaves_nothing() -> None:
    for file_format in FileFormat:
        file = open_file(a_job(file_format))
        file.add([["text"]])
        file.discard()


def test_file_is_named_by_report_and_period() -> None:
    assert a_job(FileFormat.XLSX).file_name == "operations_2026-11-26.xlsx"
