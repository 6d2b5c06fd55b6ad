"""Refuses words that are not the trade's in identifiers, and unclear phrases in prose.

Identifiers are names of functions, classes, variables, parameters, attributes, modules and folders,
and all names in SQL. Prose is docstrings, comments, pages and the texts of the command line. Each
refused word has its replacement beside it; each exception is a row of a table, with its reason.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import PurePath
from typing import Final

import pytest

from tests.test_named_files import prose_of
from tests.test_tidy import texts

CODE: Final = ("src/", "tests/", "docs/printing/", "benchmarks/")

# Parts of identifiers → what to write instead.
WORDS: Final = {
    "told tell tells telling said say says saying": "notified, returned, written, or the value",
    "announce announced announces announcement announcements notice notices": "notification",
    "letter seal sealed": "callback request, signature, encrypted",
    "courier couriers waker lane lanes": "callback worker, notifier, delivery queue",
    "desk desks door doors front fronts reception": "request handler, endpoint, router",
    "try tries": "attempt",
    "fire fires fired": "due action, timer",
    "patience": "sleep, grace period",
    "whoever nobody everybody somebody anybody": "the person or the process",
    "anew beside": "again, together with",
    "surroundings moments hindsight": "environment, times, lagged clock",
    "knob knobs": "setting",
    "harm harms harmed hurt hurts mourn mourns riddle riddles trouble": "the concrete event",
    "wish wishes wished": "request, command",
    "speak speaks speaking spoken hear hears heard": "send, receive, support",
    "fly flies land lands landed": "run, finish",
}
PHRASES: Final = {
    "keep_out": "access_refusal",
    "given_up": "abandoned",
    "gives_up": "abandons",
    "give_up": "abandon",
    "by_itself": "due action, automatic",
    "put_on": "attempt request",
    "time_goes_on": "not before the last change",
}
# Whole names that say nothing when they stand alone.
ALONE: Final = {
    "about": "changes",
    "also": "other attempts",
    "given": "the value",
    "others": "the things",
    "repeated": "unchanged",
    "seen": "received, recorded",
}
REPLACEMENTS: Final = {
    **{word: plain for words, plain in WORDS.items() for word in words.split()},
    **PHRASES,
    **ALONE,
}

# (file, or the end of its path; identifier) → why it is meant
MEANT: Final = {
    ("0003_signing_keys.sql", "sealed"): "a column of databases that exist: the encrypted key",
    ("add_signing_key.sql", "sealed"): "the same column",
    ("newest_signing_key.sql", "sealed"): "the same column",
    ("simulators/acs/schema.sql", "tries"): "a column of databases that exist: typed codes",
    ("simulators/acs/queries.sql", "tries"): "the same column",
}

# What a page or a docstring must not contain → what to write instead.
PROSE: Final = {
    r"whoever|nobody|everybody|somebody": "name the person or the process",
    r"anew": "again",
    r"beside": "next to, together with, in addition to",
    r"it exists (?:so that|because)": "say what it does",
    r"(?:is|are|was|were|be|been) told": "gets, is notified, is refused",
    r"told apart": "distinguished",
    r"mourns?|riddles?|couriers?|wakers?|knobs?": "the trade's term",
    r"put on the counter": "begin",
    r"what is no": "a value that is not",
    r"given up|gives? up|gave up": "abandoned",
    r"by itself": "automatically, a due action",
}
PROSE_PATTERN: Final = re.compile(
    "|".join(rf"\b(?:{pattern})\b" for pattern in PROSE).replace(" ", r"\s+"), re.IGNORECASE
)
# The reference quotes documents of others; this file spells what it refuses.
PROSE_UNCHECKED: Final = ("docs/protocol/", "tests/test_plain_words.py")
# (end of the file's path, phrase in lower case) → why it is meant
PROSE_MEANT: Final = {
    ("tests/integration/rest/golden.py", "nobody"): "the caller `nobody` of the golden files",
}

STRING_OR_COMMENT: Final = re.compile(r"--[^\n]*|'[^']*'")
NAME_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def test_identifiers_are_words_of_the_trade_and_every_exception_is_needed() -> None:
    refused = [*refused_names()]
    found = [
        f"  {file}:{line}: {name} ({word}: {REPLACEMENTS[word]})"
        for file, line, name, words in refused
        for word in words
        if not is_meant(file, name)
    ]
    assert not found, "\n".join(["names to be replaced:", *found])
    stale = [
        (end, name)
        for end, name in MEANT
        if not any(file.endswith(end) and used == name for file, _, used, _ in refused)
    ]
    assert stale == []


def test_prose_is_plain_and_every_exception_is_needed() -> None:
    refused = [*phrases()]
    found = [
        f"  {file}:{line}: {phrase}"
        for file, line, phrase in refused
        if not is_meant_prose(file, phrase)
    ]
    assert not found, "\n".join(["phrases to be replaced, see PROSE:", *found])
    stale = [
        (end, phrase)
        for end, phrase in PROSE_MEANT
        if not any(file.endswith(end) and used == phrase for file, _, used in refused)
    ]
    assert stale == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_refund_is_told", ["told"]),
        ("ToldToShop", ["told"]),
        ("CallbackCourier", ["courier"]),
        ("_TRY", ["try"]),
        ("try_", ["try"]),
        ("NOBODY", ["nobody"]),
        ("_given_up", ["given_up"]),
        ("ends_by_itself", ["by_itself"]),
        ("also", ["also"]),
        ("_seen", ["seen"]),
        ("frontDoor", ["front", "door"]),
        ("retry_count", []),
        ("country", []),
        ("last_seen_at", []),
        ("others_count", []),
        ("letters_of_an_alphabet", []),
        ("payment_way", []),
        ("input_only", []),
        ("Notification", []),
        ("tries2", ["tries"]),
        ("sealed_card", ["sealed"]),
    ],
)
def test_words_in_names_are_found(name: str, expected: list[str]) -> None:
    assert refused_words(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nobody pays twice.", ["nobody"]),
        ("The shop is\n    told the result.", ["is told"]),
        ("A hold ends by itself.", ["by itself"]),
        ("It exists so that a reader smiles.", ["it exists so that"]),
        ("besides the amount", []),
        ("The shop gets a notification.", []),
        ("The text of an order; a country; a knobbly hand.", []),
    ],
)
def test_phrases_in_prose_are_found(text: str, expected: list[str]) -> None:
    assert [phrase for _, phrase in phrases_of(text)] == expected


def test_every_kind_of_name_is_read() -> None:
    code = (
        "import a as alias\n"
        "class Kind:\n"
        "    field: int = 1\n"
        "    def method(self, parameter, *rest, **named): self.attribute = local = 1\n"
        "for each in x: pass\n"
        "match x:\n"
        "    case {'a': caught, **left}: pass\n"
    )
    expected = {"alias", "Kind", "field", "method", "parameter", "rest", "named", "attribute"}
    assert expected | {"local", "each", "caught", "left"} <= {name for _, name in names_of(code)}
    sql = "WITH cte AS (SELECT a AS b FROM t) -- told\nSELECT 'said' FROM cte"
    assert {name for _, name in sql_names(sql)} >= {"cte", "a", "b", "t"}
    assert not {"told", "said"} & {name for _, name in sql_names(sql)}


@cache
def refused_words(name: str) -> list[str]:
    """The refused words in an identifier, in their order in the tables."""
    parts = [part.lower() for part in NAME_PARTS.findall(name)]
    joined = f"_{'_'.join(parts)}_"
    alone = "_".join(parts)
    found = [part for part in parts if part in REPLACEMENTS and part not in ALONE]
    found += [phrase for phrase in PHRASES if f"_{phrase}_" in joined]
    return found + ([alone] if alone in ALONE else [])


def refused_names() -> Iterator[tuple[str, int, str, list[str]]]:
    """The identifiers with refused words: file, line, name, words."""
    for file, line, name in identifiers():
        words = refused_words(name)
        if words:
            yield file, line, name, words


def is_meant(file: str, name: str) -> bool:
    """Whether the table has an exception for this name in this file."""
    return any(file.endswith(end) and name == meant for end, meant in MEANT)


def is_meant_prose(file: str, phrase: str) -> bool:
    """Whether the table has an exception for this phrase in this file."""
    return any(file.endswith(end) and phrase == meant for end, meant in PROSE_MEANT)


def identifiers() -> Iterator[tuple[str, int, str]]:
    """Every identifier of ours with its file and line; a path has line 0."""
    for file, text in texts():
        if file.endswith(".sql"):
            names = sql_names(text)
        elif file.endswith(".py") and file.startswith(CODE):
            names = names_of(text)
        else:
            continue
        yield from ((file, 0, part) for part in PurePath(file).with_suffix("").parts)
        yield from ((file, line, name) for line, name in names)


def names_of(text: str) -> Iterator[tuple[int, str]]:
    """The names that Python code defines, with their lines."""
    for node in ast.walk(ast.parse(text)):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield line, name
            case ast.ClassDef(name=name) | ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield line, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield line, name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield line, name
            case ast.MatchMapping(rest=str(name)) | ast.ExceptHandler(name=str(name)):
                yield line, name


def sql_names(text: str) -> Iterator[tuple[int, str]]:
    """The words of SQL with their lines, without comments and literal texts."""
    bare = STRING_OR_COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    for number, line in enumerate(bare.splitlines(), 1):
        yield from ((number, name) for name in re.findall(r"[A-Za-z_]\w*", line))


def phrases() -> Iterator[tuple[str, int, str]]:
    """Every refused phrase in prose with its file and line, in lower case."""
    return (
        (file, first + line, phrase)
        for file, text in texts()
        if not file.startswith(PROSE_UNCHECKED)
        # Strings of the command line may join what stands apart in the file.
        if file.startswith("src/altyn/cli/") or PROSE_PATTERN.search(text)
        for first, prose in (*prose_of(file, text), *other_prose(file, text))
        for line, phrase in phrases_of(prose)
    )


def phrases_of(prose: str) -> Iterator[tuple[int, str]]:
    """The refused phrases of a text, with the number of line breaks before each."""
    for found in PROSE_PATTERN.finditer(prose):
        yield prose.count("\n", 0, found.start()), " ".join(found[0].lower().split())


def other_prose(file: str, text: str) -> Iterator[tuple[int, str]]:
    """Strings of the command line, and whole scripts, templates and scenarios."""
    if file.startswith("src/altyn/cli/") and file.endswith(".py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.lineno, node.value
    elif file.endswith((".js", ".html", ".css", "Makefile")) or "/scenarios/" in file:
        yield 1, text
