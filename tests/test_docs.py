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
    decode_question,
    decode_reply,
)
from docs.printing.pages import REFERENCE, printed
from tests.test_tidy import ARROW_EXCEPTIONS

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
VARIABLE: Final = re.compile(r"ALTYN_[A-Z_]+")
OUTSIDE: Final = ("http://", "https://", "mailto:")
# The parts of a decision's page; docs/index.md lists the pages.
DECISION_PARTS: Final = ("## Context", "## Decision", "## Consequences", "## What was rejected")


@cache
def reference() -> dict[str, str]:
    """The pages as the tables print them now."""
    return printed()


def written() -> list[Path]:
    """Every page of ours."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def test_the_reference_is_what_the_tables_print() -> None:
    there = {path.name: path.read_text("utf-8") for path in REFERENCE.glob("*.md")}
    stale = sorted(
        name
        for name in there.keys() | reference().keys()
        if there.get(name) != reference().get(name)
    )
    assert not stale, f"run `make docs`: these pages are not what the tables print: {stale}"


def test_printing_twice_prints_the_same() -> None:
    assert printed() == printed()


@pytest.mark.parametrize("path", written(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = [target for target in links(path) if not leads_somewhere(target, path)]
    assert not broken, f"links of {path.relative_to(ROOT)} that lead nowhere: {broken}"


def test_every_page_can_be_reached() -> None:
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
    assert not lost, f"no link leads here: {lost}"


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
def test_a_decision_says_all_that_a_decision_must(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(r"\d{4}-", path.name), "decisions are numbered"
    assert re.match(rf"# {path.name[:4]}\. \S", text), "the title begins with the number"
    found = [text.find(part) for part in DECISION_PARTS]
    assert -1 not in found, f"parts in this order: {DECISION_PARTS}"
    assert found == sorted(found), f"parts in this order: {DECISION_PARTS}"


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
    question, reply, check = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert decode_question(question.encode()).operation is AcquirerOperation.AUTHORISE
    assert decode_reply(reply.encode()).outcome is AcquirerOutcome.APPROVED
    assert decode_card_check(check.encode()).cvc is not None
    for word in (*AcquirerOperation, *AcquirerOutcome, *fields(AcquirerRequest)):
        name = word if isinstance(word, str) else word.name
        assert f"`{name}`" in text, f"not explained: {name}"


def test_a_broken_link_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A title\n\n[good](#a-title) [bad](#no-title) [gone](gone.md)\n")
    assert [leads_somewhere(target, page) for target in links(page)] == [True, False, False]


def links(page: Path) -> list[str]:
    """Where a page's links lead within the tree; what stands in code blocks is no link."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    return [target for target in LINK.findall(text) if not target.startswith(OUTSIDE)]


def leads_somewhere(target: str, page: Path) -> bool:
    """Whether a relative link names a file that is there, and a heading that is in it."""
    name, _, anchor = target.partition("#")
    file = (page.parent / name).resolve() if name else page
    if not file.exists():
        return False
    return not anchor or anchor in anchors(file.read_text("utf-8"))


def anchors(text: str) -> set[str]:
    """The names by which a page's headings can be linked to."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
