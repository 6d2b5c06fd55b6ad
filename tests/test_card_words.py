"""The middle of the gateway names nothing that only a card payment has.

Names, parameters, attributes and strings in `domain`, `operations` and `workers` contain no word of
3-D Secure, PAN, CVC or Luhn, except in the two packages of the card. Docstrings and comments may.
Each exception is a row of a table, with its reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

PACKAGE: Final = Path(__file__).resolve().parent.parent / "src" / "altyn"
MIDDLE: Final = ("domain", "operations", "workers")
CARD_PACKAGES: Final = ("domain/card/", "operations/paying/card/", "operations/bindings/")
CARD_WORD: Final = re.compile(
    r"(?<![a-z])(acs|pan|cvc|luhn|tds|3ds)(?![a-z])|three_?ds", re.IGNORECASE
)

ACTION_CODES: Final = "the protocol's list of action codes; some of them are about cards"
PERMISSIONS: Final = "the protocol's list of permissions and settings of a merchant"
REFUSALS: Final = "one list of refusals for every method; some methods take cards"
OPERATIONS: Final = "one list of operations; some of them finish a card payment"
STORED_CARDS: Final = "the notification about a stored card, which the protocol shows so"
STORED_COLUMN: Final = "Attempt.authentication is a stored column; its type is the card's"
PAYER_ACTS: Final = "what a payer may have to do: one of several, by its name"
FEATURES: Final = "features of an order, which its registration checks against each other"

# file → the identifiers and strings in it that are meant, and why
MEANT: Final[dict[str, tuple[frozenset[str], str]]] = {
    "domain/action_codes.py": (
        frozenset(
            {
                *("PAN_BLACKLISTED", "TDS_COMMUNICATION_ERROR", "SSL_WITHOUT_CVC", "WRONG_CVC"),
                *("TDS_RULE_FAILED", "TDS_FORBIDDEN"),
            }
        ),
        ACTION_CODES,
    ),
    "domain/merchant.py": (
        frozenset(
            {
                *("SSL_WITHOUT_CVC", "ssl_without_cvc", "THREE_DS", "three_ds"),
                *("BINDING_WITHOUT_CVC", "binding_without_cvc"),
                *("THREE_DS_REQUIRED", "three_ds_required", "tds_version"),
            }
        ),
        PERMISSIONS,
    ),
    "operations/staff/setting_table.py": (frozenset({"tds_version"}), PERMISSIONS),
    "domain/refusals.py": (
        frozenset(
            {
                *("PAN_EMPTY", "pan_empty", "PAN_INVALID", "pan_invalid"),
                *("PAN_NOT_A_TEST_CARD", "pan_not_a_test_card", "CVC_INVALID", "cvc_invalid"),
            }
        ),
        REFUSALS,
    ),
    "domain/operation.py": (
        frozenset(
            {
                *("CONTINUE_3DS", "continue_3ds", "FINISH_3DS", "finish_3ds"),
                *("FINISH_3DS_VERSION_2", "finish_3ds_version_2"),
            }
        ),
        OPERATIONS,
    ),
    "domain/callback.py": (frozenset({"masked_pan", "pan_country"}), STORED_CARDS),
    "domain/order.py": (frozenset({"three_ds", "ThreeDSData"}), STORED_COLUMN),
    "operations/paying/decisions.py": (frozenset({"three_ds", "ThreeDSData"}), STORED_COLUMN),
    "domain/waiting.py": (frozenset({"AtAcs", "at_acs"}), PAYER_ACTS),
    "operations/register.py": (frozenset({"FORCE_TDS", "FORCE_FULL_TDS"}), FEATURES),
}


def test_the_middle_names_nothing_of_a_card() -> None:
    found = [
        f"  {file}:{line}: {name}"
        for file, tree in trees()
        for name, line in names_in(tree)
        if is_card_word(name) and name not in meant_in(file)
    ]
    assert not found, "\n".join(
        ["only domain/card and operations/paying/card know these words:", *found]
    )


def test_every_exception_is_still_needed() -> None:
    used = {file: {name for name, _ in names_in(tree)} for file, tree in trees()}
    stale = {file: names - used.get(file, set()) for file, (names, _) in MEANT.items()}
    assert not {file: names for file, names in stale.items() if names}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("acs_url", True),
        ("AtAcs", True),
        ("masked_pan", True),
        ("PAN", True),
        ("luhn", True),
        ("three_ds", True),
        ("threeds", True),
        ("3ds", True),
        ("cvcRequired", True),
        ("company", False),
        ("expanded", False),
        ("payment_card", False),
        ("settle_payment", False),
    ],
)
def test_card_words_are_recognised(name: str, *, expected: bool) -> None:
    assert is_card_word(name) is expected


def is_card_word(name: str) -> bool:
    """Whether a name or a string contains a word of the card, as a word of its own."""
    return bool(CARD_WORD.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)))


def meant_in(file: str) -> frozenset[str]:
    """The exceptions of a file."""
    return MEANT[file][0] if file in MEANT else frozenset()


def trees() -> Iterator[tuple[str, ast.Module]]:
    """The parsed files of the middle, by their path below the package."""
    for part in MIDDLE:
        for path in sorted((PACKAGE / part).rglob("*.py")):
            file = path.relative_to(PACKAGE).as_posix()
            if not file.startswith(CARD_PACKAGES):
                yield file, ast.parse(path.read_text("utf-8"), file)


def names_in(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The identifiers and strings of a module with their lines, without docstrings."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) not in documentation:
            for name in names_of(node):
                yield name, getattr(node, "lineno", 0)


def names_of(node: ast.AST) -> tuple[str, ...]:
    """The names that one node writes."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.keyword(arg=str(name)):
            return (name,)
        case ast.alias(name=name, asname=alias):
            return (*name.split("."), *((alias,) if alias else ()))
        case ast.ImportFrom(module=str(module)):
            return tuple(module.split("."))
        case ast.Constant(value=str(text)):
            return (text,)
        case _:
            return ()
