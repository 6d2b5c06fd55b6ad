"""Checks the docs against the code: printed pages, links, names of settings and lists."""

import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from altyn import settings
from altyn.protocol.acquiring import (
    AcquirerOperation,
    AcquirerOutcome,
    AcquirerRequest,
    decode_card_check,
    decode_request,
    decode_response,
)
from docs.printing.pages import REFERENCE, printed
from docs.printing.sections import anchor
from tests.test_tidy import ARROW_EXCEPTIONS

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
VARIABLE: Final = re.compile(r"ALTYN_[A-Z_]+")
METRIC: Final = re.compile(r"`(altyn_[a-z_]+)`")
OUTSIDE: Final = ("http://", "https://", "mailto:")
# The parts of a decision's page; docs/index.md lists the pages.
DECISION_PARTS: Final = ("## Context", "## Decision", "## Consequences", "## What was rejected")


@cache
def reference() -> dict[str, str]:
    """The pages of the current tables."""
    return printed()


def written() -> list[Path]:
    """Every page of the repository."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def test_the_printed_reference_is_up_to_date() -> None:
    there = {path.name: path.read_text("utf-8") for path in REFERENCE.glob("*.md")}
    stale = sorted(
        name
        for name in there.keys() | reference().keys()
        if there.get(name) != reference().get(name)
    )
    assert not stale, f"run `make docs`, these pages are out of date: {stale}"


def test_printing_twice_gives_the_same_pages() -> None:
    assert printed() == printed()


@pytest.mark.parametrize("path", written(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_resolves(path: Path) -> None:
    broken = [target for target in links(path) if not resolves(target, path)]
    assert not broken, f"links of {path.relative_to(ROOT)} that do not resolve: {broken}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    to_read = [ROOT / "README.md"]
    while to_read:
        page = to_read.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = (target.partition("#")[0] for target in links(page))
        to_read += [(page.parent / t).resolve() for t in targets if t.endswith(".md")]
    lost = sorted(str(path.relative_to(ROOT)) for path in written() if path not in reached)
    assert not lost, f"no link to these pages: {lost}"


def test_every_variable_is_described() -> None:
    read = set(VARIABLE.findall(Path(settings.__file__).read_text("utf-8")))
    assert len(read) > 10, "the settings are no longer read from that file"
    described = set(re.findall(r"^\| `(ALTYN_[A-Z_]+)`", reference()["settings.md"], re.MULTILINE))
    assert described == read


def test_no_page_names_a_variable_that_does_not_exist() -> None:
    known = set(VARIABLE.findall(reference()["settings.md"]))
    invented = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in written()
        for name in VARIABLE.findall(path.read_text("utf-8"))
        if name not in known
    }
    assert not invented


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("*.md")), ids=lambda p: p.stem)
def test_a_decision_has_number_title_and_all_parts(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(r"\d{4}-", path.name), "decisions are numbered"
    assert re.match(rf"# {path.name[:4]}\. \S", text), "the title begins with the number"
    found = [text.find(part) for part in DECISION_PARTS]
    assert -1 not in found, f"parts in this order: {DECISION_PARTS}"
    assert found == sorted(found), f"parts in this order: {DECISION_PARTS}"


def test_every_metric_that_pages_name_exists() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    unknown = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in written()
        for name in METRIC.findall(path.read_text("utf-8"))
        if name.removesuffix("_total") not in source
    }
    assert not unknown


def test_readme_and_changelog_list_the_same_missing_parts() -> None:
    missing = re.compile(r"(?:not there yet|Not there yet)\n\n((?:- .+\n)+)")
    readme, changelog = (
        missing.findall((ROOT / name).read_text("utf-8")) for name in ("README.md", "CHANGELOG.md")
    )
    assert readme
    assert readme == changelog[:1]


def test_decision_0001_lists_every_module_that_operations_may_import() -> None:
    page = (DOCS / "decisions" / "0001-operations-read-protocol-tables.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `(protocol\.[\w.]+)` \|", page, re.MULTILINE))
    assert listed == {row.module for row in ARROW_EXCEPTIONS if row.part == "operations"}


def test_the_examples_of_the_acquirers_connector_are_messages_of_its_format() -> None:
    text = (DOCS / "how-to" / "run-in-production.md").read_text("utf-8")
    request, response, check = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert decode_request(request.encode()).operation is AcquirerOperation.AUTHORISE
    assert decode_response(response.encode()).outcome is AcquirerOutcome.APPROVED
    assert decode_card_check(check.encode()).cvc is not None
    for word in (*AcquirerOperation, *AcquirerOutcome, *fields(AcquirerRequest)):
        name = word if isinstance(word, str) else word.name
        assert f"`{name}`" in text, f"not explained: {name}"


def test_the_reference_names_no_parameter_of_stored_cards_as_without_effect() -> None:
    effective = ("bindingNotNeeded", "installments", "totalInstallmentAmount")
    pages = [page.read_text("utf-8") for page in (DOCS / "reference").glob("*.md")]
    rows = [line for page in pages for line in page.splitlines() if line.startswith("| `")]
    found = [row for row in rows if row.startswith(tuple(f"| `{name}` |" for name in effective))]
    assert found
    assert [row for row in found if "without effect" in row] == []
    assert [row for row in rows if "Not implemented yet" in row and "binding" in row.lower()] == []


def test_a_broken_link_is_reported(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A title\n\n[good](#a-title) [bad](#no-title) [gone](gone.md)\n")
    assert [resolves(target, page) for target in links(page)] == [True, False, False]


def links(page: Path) -> list[str]:
    """The targets of a page's links within the tree. Code blocks have no links."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    return [target for target in LINK.findall(text) if not target.startswith(OUTSIDE)]


def resolves(target: str, page: Path) -> bool:
    """Whether a relative link names an existing file, and an existing heading in it."""
    name, _, heading = target.partition("#")
    file = (page.parent / name).resolve() if name else page
    if not file.exists():
        return False
    return not heading or heading in anchors(file.read_text("utf-8"))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings."""
    return set(map(anchor, re.findall(r"^#+ (.+)$", text, re.MULTILINE)))
