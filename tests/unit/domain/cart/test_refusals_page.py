"""The page of the faults of a cart has an example of each rule, and each kind of fault."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import altyn.domain.cart
from altyn.domain.cart.faults import FaultKind
from docs.printing.cart_refusals import faults_of_the_page

ROOMS: Final = Path(altyn.domain.cart.__file__).parent

# Rules of which a reader needs no example.
WITHOUT_EXAMPLE: Final = {
    "not a JSON object": "an object is named on the page by a field of the cart",
    "not a text": "an object where a text stands",
    "not an array": "as above",
    "not a number of at most ": "a number of a discount",
    "not an object": "the page has it for cartItems; this is the JSON of an attribute",
    "not an object, and not the JSON of one": "as above",
    "not an object with a name and a value": "as above",
}


def rules_in_the_code() -> Iterator[str]:
    """The text of each BadValue up to its first value."""
    for file in ROOMS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BadValue":
                text = node.args[0]
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                if isinstance(parts[0], ast.Constant):
                    yield str(parts[0].value)


def test_every_rule_has_an_example() -> None:
    shown = [fault.rule for fault in faults_of_the_page()]
    rules = set(rules_in_the_code())
    assert len(rules) > 30
    missing = {rule for rule in rules if not any(each.startswith(rule) for each in shown)}
    unneeded = {rule for rule in WITHOUT_EXAMPLE if rule not in rules}
    assert missing <= WITHOUT_EXAMPLE.keys()
    assert not unneeded


def test_every_kind_of_fault_has_an_example() -> None:
    assert {fault.kind for fault in faults_of_the_page()} == set(FaultKind)
