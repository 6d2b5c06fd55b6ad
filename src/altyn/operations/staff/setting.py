"""One setting of a merchant: its key, what it may be, and the rule that checks it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from altyn.operations.staff.setting_rules import words_of


def _as_it_is(value: object) -> object:
    return value


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key, the allowed values in words, and the rule that checks a typed value.

    `split` makes a list of the text that a person types, where the setting is a list. `normal`
    gives the form in which a typed value is checked and stored. `encrypted`: the value is stored
    encrypted, and never shown.
    """

    key: str
    allowed: str
    holds: Callable[[Any], bool]
    split: Callable[[str], list[str]] = words_of
    normal: Callable[[Any], Any] = _as_it_is
    encrypted: bool = False
