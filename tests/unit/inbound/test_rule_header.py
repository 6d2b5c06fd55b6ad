"""The header with the rule: it loses no characters, and holds no line break."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

from altyn.inbound.rest.answers import RULE_CHARS_MAX, RULE_CUT, rule_header

SECTION: Final = chr(0xA7)
SOURCE: Final = Path(__file__).parents[3] / "src" / "altyn"


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("amount: mandatory, but missing", "amount: mandatory, but missing"),
        (f"{SECTION} 2.3", r"\u00a7 2.3"),
        ("no merchant Ж", r"no merchant \u0416"),
        ("a\r\nSet-Cookie: b", r"a\u000d\u000aSet-Cookie: b"),
        ("\U0001f600", r"\U0001f600"),
    ],
)
def test_characters_that_a_header_cannot_hold_are_escaped(rule: str, shown: str) -> None:
    assert rule_header(rule) == (b"x-altyn-rule", shown.encode())


def test_a_long_rule_is_marked_as_cut() -> None:
    header = rule_header("x" * (RULE_CHARS_MAX + 1))
    assert header[1].decode() == "x" * RULE_CHARS_MAX + RULE_CUT


def texts_of_rules() -> list[str]:
    """The literal texts of refusals and malformed values in the source."""
    texts = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                ("Refused", "Malformed", "Note", "Fault")
            ):
                inner = (each for argument in node.args for each in ast.walk(argument))
                texts += [
                    each.value
                    for each in inner
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                ]
    return texts


def test_no_rule_names_a_file_of_the_documentation() -> None:
    texts = texts_of_rules()
    assert len(texts) > 50
    assert [text for text in texts if ".md" in text or SECTION in text or ".py" in text] == []
