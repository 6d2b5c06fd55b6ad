"""Files and modules of ours that pages, docstrings and comments name exist under that name."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest

from tests.test_tidy import modules, texts, tree_files

# `operations/refund.py`, `vault.py`, a path under the root
FILE: Final = re.compile(
    r"(?<![\w./<>{}*:@~$-])(?P<path>(?:[a-z_][\w-]*/)*[A-Za-z_][\w-]*\.(?:py|sql|js|css))(?![\w/])"
)
# `altyn.protocol.acquiring`
MODULE: Final = re.compile(r"`(?P<module>altyn(?:\.\w+)+)`")
CODE_BLOCK: Final = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
# Pages that name files of other systems.
FOREIGN: Final = ("docs/protocol/",)


def test_every_named_file_exists() -> None:
    prose_of_files = [*naming_prose()]
    named = [found for _, _, prose in prose_of_files for found in FILE.findall(prose)]
    assert len(named) > 20, "the pattern no longer finds the files that pages and docstrings name"
    wrong = [
        f"  {path}:{line}: {name}"
        for path, line, prose in prose_of_files
        if not path.startswith(FOREIGN)
        for name in names_of_no_file(prose)
    ]
    assert not wrong, "\n".join(["files that do not exist under this name:", *wrong])


@pytest.mark.parametrize(
    ("prose", "wrong"),
    [
        ("see `operations/refund.py`", []),
        ("see `refund.py` and tests/test_tidy.py", []),
        ("see `inbound/refund.py`", ["inbound/refund.py"]),
        ("see `altyn.operations.refund`", []),
        ("see `altyn.inbound.refund`", ["altyn.inbound.refund"]),
        ("static files like ../rest/page.js", []),
    ],
)
def test_a_wrong_name_is_reported(prose: str, wrong: list[str]) -> None:
    assert list(names_of_no_file(prose)) == wrong


def names_of_no_file(prose: str) -> Iterator[str]:
    """The names in a text that belong to no file and no module of ours."""
    for found in FILE.finditer(prose):
        if found["path"] not in endings():
            yield found["path"]
    for found in MODULE.finditer(prose):
        if not is_module_or_in_one(found["module"]):
            yield found["module"]


def is_module_or_in_one(name: str) -> bool:
    """Whether a dotted name is a module of ours, or may be a name inside one."""
    around = modules().get(name.rpartition(".")[0])
    return name in modules() or (around is not None and around.name != "__init__.py")


def naming_prose() -> Iterator[tuple[str, int, str]]:
    """The prose of all files that may name one: path, line, words."""
    return (
        (path, line, prose)
        for path, text in texts()
        if FILE.search(text) or MODULE.search(text)  # to parse all of them takes ten times as long
        for line, prose in prose_of(path, text)
    )


def prose_of(path: str, text: str) -> Iterator[tuple[int, str]]:
    """The docstrings and comments of Python, the comments of SQL, the pages; each with its line."""
    if path.endswith(".py"):
        yield from docstrings(text)
        yield from comments(text)
    elif path.endswith(".md"):
        yield from enumerate(without_code_blocks(text).splitlines(), 1)
    elif path.endswith(".sql"):
        lines = enumerate(text.splitlines(), 1)
        yield from ((number, line) for number, line in lines if line.startswith("--"))


def docstrings(text: str) -> Iterator[tuple[int, str]]:
    """Strings that stand alone as a statement: docstrings, and the words below a constant."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(words))):
                yield node.lineno, words


def comments(text: str) -> Iterator[tuple[int, str]]:
    """The comments of a Python file."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def without_code_blocks(text: str) -> str:
    """A page whose code blocks are empty lines, so that line numbers stay."""
    return CODE_BLOCK.sub(lambda block: "\n" * block.group().count("\n"), text)


@cache
def endings() -> frozenset[str]:
    """The path of every file of the tree, and its endings, such as `operations/refund.py`."""
    paths = (path.as_posix().split("/") for path in tree_files())
    return frozenset("/".join(parts[n:]) for parts in paths for n in range(len(parts)))
