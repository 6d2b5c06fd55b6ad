"""Resolves every citation of a page to a section that exists, in code, tests, SQL and pages.

Citations have the forms that docs/protocol/index.md lists, for example
`rest-orders.md §3.1, §1.5; codes.md §4` or `004 (error codes)`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from docs.printing.sections import PROTOCOL, sections
from tests.test_tidy import ROOT, texts

DOCS: Final = ROOT / "docs"
FOUNDING: Final = PROTOCOL / "founding-documents.md"

# Files whose citations are examples, and names in other files that are examples.
EXAMPLES: Final = {"tests/test_citations.py", "tests/test_docs.py"}

TOKEN: Final = re.compile(
    r"(?P<page>(?<![\w/.*-])[A-Za-z0-9][\w-]*\.md\b)"
    r"|(?P<standard>SOAP 1\.[12]|RFC \d+|WS-Security (?:[A-Z]\w+ )*\d\.\d)"
    r"|§§? ?(?P<section>\d+(?:\.\d+)*)(?:[-–]§?(?P<last>\d+(?:\.\d+)*))?"
    r"|\brule (?P<rule>\d+)\b"
    r"|(?<![\w.:+*/])(?P<founding>00[0-4]) \((?P<subjects>[^)]+)\)"
    r"|\((?P<bare>00[0-4])\)"
    r"|\[seed-(?P<seed>00\d)\]"
)
# What may stand between a page and its sections: remarks in brackets and joining words.
GAP: Final = re.compile(r"(?:[\s,;:.`#/*-]|--|\band\b|\bto\b|\([^()]*\)|\]\([^()]*\)|\[)*")
# A name behind a page: `rest-orders.md, dynamicCallbackUrl`.
NAME: Final = re.compile(r", `?(?P<name>[A-Za-z][\w.]*\w)`?(?=[);.,\n])")


@dataclass(slots=True)
class Citation:
    """One page that a text names, with the sections, rows and names behind it."""

    line: int
    page: str
    standard: bool = False
    sections: list[str] = field(default_factory=list)
    rules: list[tuple[str, str]] = field(default_factory=list)
    name: str = ""

    @property
    def text(self) -> str:
        """The citation in one form."""
        behind = [*(f"§{each}" for each in self.sections), *(f"rule {r}" for _, r in self.rules)]
        return ", ".join(filter(None, (f"{self.page} {' '.join(behind)}".strip(), self.name)))


def test_every_citation_resolves_to_a_section() -> None:
    broken = [
        f"  {path}:{line}: {problem}"
        for path, text in texts()
        if path not in EXAMPLES
        for line, problem in problems(text, own_page(path))
    ]
    assert not broken, "\n".join([f"{len(broken)} citations do not resolve:", *broken])


def test_citations_are_found() -> None:
    count = sum(len(found.sections) for path, text in texts() for found in citations(text))
    assert count > 400, "the pattern no longer finds the citations of the tree"


def test_additions_correct_sections_that_exist() -> None:
    broken = [
        f"  {page.name}: {number}"
        for page in sorted(PROTOCOL.glob("*.md"))
        for number in corrected_by_additions(page.read_text("utf-8"))
        if number not in sections(page)
    ]
    assert not broken, "\n".join(["additions to sections that do not exist:", *broken])


@pytest.mark.parametrize(
    "text",
    [
        "Source: rest-orders.md §3.5, §1.5; codes.md §4.2.",
        "rest-orders.md §3–§5",
        "rest-orders.md §3.1-3.3",
        "rest-orders.md §4.1 to §4.3, §1.4 (empty fields are left out), §1.5",
        "Source: rest-orders.md\n    # §1.2",
        "payment-page.md §6, rule 10",
        "rest-orders.md, dynamicCallbackUrl)",
        "rest-orders.md, deposit.do.",
        "004 (error codes, pageView)",
        "the quick start (001)",
        "SOAP 1.1 §4.4",
        "see docs/architecture.md",
    ],
)
def test_a_right_citation_resolves(text: str) -> None:
    assert not list(problems(text))


@pytest.mark.parametrize(
    "text",
    [
        "rest-orders.md §3.99",
        "rest-orders.md §3.1, §99",
        "rest-orders.md §3 to §99",
        "payment-page.md §6, rule 99",
        "rest-orders.md, noSuchParameter)",
        "no-such-page.md",
        "a section without a page: §3.1",
        "architecture §5",
        "004 (no such subject)",
    ],
)
def test_a_wrong_citation_is_reported(text: str) -> None:
    assert list(problems(text))


def problems(text: str, own_page: str = "") -> Iterator[tuple[int, str]]:
    """The citations of a text that do not resolve, each with its line.

    A section without a page belongs to `own_page`.
    """
    yield from founding_problems(text)
    for cited in citations(text):
        cited.page = cited.page or own_page
        if cited.standard:
            continue
        page = page_of(cited.page)
        if page is None:
            yield cited.line, f"{cited.text}: no page {cited.page or 'is named'}"
        else:
            yield from ((cited.line, f"{cited.text}: {what}") for what in missing(cited, page))


def own_page(path: str) -> str:
    """The page to which a section without a page belongs: a page of the reference itself."""
    return Path(path).name if (ROOT / path).parent == PROTOCOL else ""


def missing(cited: Citation, page: Path) -> Iterator[str]:
    """The parts of a citation that its page does not have."""
    known = sections(page)
    for number in cited.sections:
        if number not in known:
            yield f"no section {number}"
    for number, rule in cited.rules:
        if number in known and not re.search(rf"^\| {rule} \|", known[number].text, re.MULTILINE):
            yield f"no row {rule} in section {number}"
    if cited.name and not re.search(rf"\b{re.escape(cited.name)}\b", page.read_text("utf-8")):
        yield f"the page does not name {cited.name}"


def citations(text: str) -> list[Citation]:
    """Every citation of a page, in the order of the text."""
    found: list[Citation] = []
    end = -1
    for token in TOKEN.finditer(text):
        line = text.count("\n", 0, token.start()) + 1
        if token["page"] or token["standard"]:
            name = NAME.match(text, token.end()) if token["page"] else None
            found.append(
                Citation(
                    line,
                    token["page"] or token["standard"],
                    standard=bool(token["standard"]),
                    name=name["name"] if name else "",
                )
            )
        elif token["section"]:
            if end < 0 or not GAP.fullmatch(text, end, token.start()):
                found.append(Citation(line, ""))
            found[-1].sections += numbers_of(text, end, token)
        elif token["rule"] and found and GAP.fullmatch(text, end, token.start()):
            found[-1].rules.append((found[-1].sections[-1], token["rule"]))
        else:
            continue
        end = token.end()
    return found


def numbers_of(text: str, end: int, token: re.Match[str]) -> Iterator[str]:
    """The section of a token, and those between it and the last one of a range."""
    yield token["section"]
    if token["last"]:
        yield from between(token["section"], token["last"])


def between(first: str, last: str) -> Iterator[str]:
    """The sections behind the first one up to the last one: 3.1 and 3.3 give 3.2 and 3.3."""
    above, _, start = first.rpartition(".")
    _, _, stop = last.rpartition(".")
    for number in range(int(start) + 1, int(stop) + 1):
        yield f"{above}.{number}" if above else str(number)


def founding_problems(text: str) -> Iterator[tuple[int, str]]:
    """Citations of founding documents that name an unknown document or subject."""
    known = sections(FOUNDING)
    for token in TOKEN.finditer(text):
        number = token["founding"] or token["bare"] or token["seed"]
        if not number:
            continue
        line = text.count("\n", 0, token.start()) + 1
        if number not in known:
            yield line, f"{number}: no founding document of this number"
            continue
        subjects = " ".join(re.sub(r"\n\s*(?:#|//|--)?", " ", token["subjects"] or "").split())
        for subject in filter(None, subjects.split(", ")):
            if subject.lower() not in known[number].text.lower():
                yield line, f"{number} ({subject}): no such subject"


def corrected_by_additions(text: str) -> list[str]:
    """The numbers in the first column of a page's additions."""
    _, _, additions = text.partition("\n## Additions")
    return re.findall(r"^\| (\d+(?:\.\d+)*) \|", additions, re.MULTILINE)


@cache
def page_of(name: str) -> Path | None:
    """The page that a citation names: of the protocol reference first, then any other page."""
    if (PROTOCOL / name).is_file():
        return PROTOCOL / name
    pages = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]
    return next((page for page in pages if page.name == name), None)
