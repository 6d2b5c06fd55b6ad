"""Which refusals a handler can come to, found in the source: functions and what they mention.

A refusal that is added to an operation cannot be forgotten in a method's table. A name stands for
every function with that name, the one in the same file first, so the scan finds too many rather
than too few.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import altyn.inbound.handlers
import altyn.inbound.request_handler
import altyn.operations
from altyn.inbound.request_handler import Handler

_OPERATIONS: Final = Path(altyn.operations.__file__).parent
_INBOUND: Final = Path(altyn.inbound.request_handler.__file__).parent
_FILES: Final = (
    *_OPERATIONS.rglob("*.py"),
    _INBOUND / "request_handler.py",
    *_INBOUND.glob("*handlers.py"),
)
# Whose functions an attribute can be: a class's own, or a module's.
_OWNERS: Final = frozenset({"self", *(path.stem for path in _FILES)})
# Every request passes the request handler, whatever its operation.
_ALWAYS: Final = ("request_handler", "serve")


@dataclass(frozen=True, slots=True)
class _Function:
    refusals: frozenset[str]
    mentions: frozenset[str]


def refusals_of(handler: Handler) -> set[str]:
    """The names of the refusals that a request to this handler can meet."""
    module = str(handler.__module__).rpartition(".")[2]
    name = str(handler.__name__)
    waiting, visited = [(module, name), _ALWAYS], set[tuple[str, str]]()
    while waiting:
        place = waiting.pop()
        if place in visited:
            continue
        visited.add(place)
        waiting += _mentioned_by(place)
    return {refusal for place in visited for refusal in _functions()[place].refusals}


def _mentioned_by(place: tuple[str, str]) -> Iterator[tuple[str, str]]:
    functions, (module, _) = _functions(), place
    for name in functions[place].mentions:
        if (module, name) in functions:
            yield (module, name)
        else:
            yield from (other for other in functions if other[1] == name)


@cache
def _functions() -> dict[tuple[str, str], _Function]:
    return {
        (path.stem, node.name): _read(node)
        for path in _FILES
        for node in _top_level(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _top_level(module: ast.Module) -> Iterator[ast.stmt]:
    """Functions inside functions belong to those, and no other function can mention them."""
    for node in module.body:
        yield from node.body if isinstance(node, ast.ClassDef) else (node,)


def _read(function: ast.AST) -> _Function:
    refusals, mentions = set[str](), set[str]()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            mentions.add(node.id)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in _OWNERS:
            mentions.add(node.attr)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "Refused":
            refusals.add(ast.unparse(node.args[0]))
    # `Refused(checked.refusal)` hands on what a row of the table names; that has its own test.
    named = (each.removeprefix("Refusal.") for each in refusals if each.startswith("Refusal."))
    return _Function(frozenset(named), frozenset(mentions))
