"""What a log may show of a value: everything but card numbers, security codes and secrets.
 Types are trusted first (`Pan` and `Cvc` print their cover), names second (`password`, `$CVC`), and
the look of the text last: whoever forgets the first two must still not write a card number to a
disk. Source: docs/architecture.md.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, time, timedelta
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from altyn.domain.card.values import Cvc, Pan, luhn_ok

HIDDEN: Final = "***"
CUT: Final = "…"
DEPTH_MAX: Final = 12
NODES_MAX: Final = 2_000
TEXT_LENGTH_MAX: Final = 16_384
_INTEGER_BITS_MAX: Final = 128
_PAIR_LENGTH: Final = 2
_PAN_SMALLEST: Final = 10**11  # the least number of twelve digits


def mask_value(value: object) -> Any:
    """A plain copy of any value, safe to print: mappings, sequences and records by member, the rest
    as text."""
    return _Walk().visit(value, depth=0)


def mask_text(text: str) -> str:
    """Cover, in free text, what stands beside a secret's name and what looks like a card number.

    Seen: name=value, "name": value and 'name', 'value', also percent-encoded; XML elements;
    user:password@ in addresses; digits, glued or grouped, which pass the Luhn test.
    """
    if "=" in text or ":" in text or "," in text or "%3" in text:
        text = _ADDRESS.sub(rf"\1{HIDDEN}@", _cover_named(text))
    if "<" in text:
        text = _ELEMENT.sub(_cover_element, text)
    return _DIGITS.sub(_cover_digits, text) if len(text) >= _PAN_LENGTH_MIN else text


# --- values: by type, then by name


class _Walk:
    """One pass over one value; it has a budget, for a log line must end whatever was put into
    it."""

    def __init__(self) -> None:
        self._nodes = NODES_MAX

    def visit(self, value: object, *, depth: int) -> Any:
        self._nodes -= 1
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (Pan, Cvc)):
            return value.masked
        if isinstance(value, float):
            return _plain_float(value)
        if isinstance(value, int):
            return _plain_integer(value)
        if isinstance(value, (str, bytes, bytearray)):
            return mask_text(_shortened(_text(value)))
        if depth >= DEPTH_MAX or self._nodes <= 0:
            return CUT
        try:
            return self._visit_inside(value, depth + 1)
        except Exception as error:  # noqa: BLE001 - what cannot describe itself must not stop a payment
            return f"[{type(value).__name__} does not print: {type(error).__name__}]"

    def _visit_inside(self, value: object, depth: int) -> Any:
        if isinstance(value, Mapping):
            return self._members(value.items(), depth)
        if (members := _record_members(value)) is not None:
            return self._members(members, depth)
        if isinstance(value, (list, tuple, AbstractSet)):
            return self._items(value, depth)
        return mask_text(_shortened(_description(value)))

    def _members(self, members: Iterable[tuple[object, object]], depth: int) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for name, value in members:
            if self._nodes <= 0:
                plain[CUT] = CUT
                break
            known_as = name if isinstance(name, (str, bytes)) else _description(name)
            plain[mask_text(_shortened(_text(known_as)))] = self._member(name, value, depth)
        return plain

    def _items(self, items: Iterable[object], depth: int) -> list[Any]:
        if isinstance(items, (list, tuple)) and len(items) == _PAIR_LENGTH:
            # A parsed form and a list of headers are lists of (name, value).
            name, value = items
            return [self.visit(name, depth=depth), self._member(name, value, depth)]
        plain: list[Any] = []
        for item in items:
            if self._nodes <= 0:
                plain.append(CUT)
                break
            plain.append(self.visit(item, depth=depth))
        return plain

    def _member(self, name: object, value: object, depth: int) -> Any:
        # A typed number tells its cover, and whether a secret was given at all is no secret.
        tells_nothing = value is None or isinstance(value, (bool, Pan, Cvc))
        if not tells_nothing and isinstance(name, (str, bytes)) and is_secret_name(_text(name)):
            self._nodes -= 1
            return HIDDEN
        return self.visit(value, depth=depth)


def _record_members(value: object) -> Iterator[tuple[str, object]] | None:
    """Members of a dataclass (those which it shows), a msgspec structure or a named tuple."""
    names: Any = None
    if isinstance(value, type):
        return None
    if dataclasses.is_dataclass(value):
        names = tuple(field.name for field in dataclasses.fields(value) if field.repr)
    elif isinstance(value, tuple):
        names = getattr(value, "_fields", None)
    else:
        names = getattr(value, "__struct_fields__", None)
    return ((name, getattr(value, name)) for name in names) if isinstance(names, tuple) else None


def _plain_float(value: float) -> float | str:
    if not math.isfinite(value):
        return repr(value)  # JSON knows no infinity
    covered = _plain_integer(int(value))
    return covered if isinstance(covered, str) else value


def _plain_integer(value: int) -> int | str:
    whole = int(value)  # an enumeration's member becomes its number
    if abs(whole) < _PAN_SMALLEST:
        return whole
    if whole.bit_length() > _INTEGER_BITS_MAX:
        return f"[a number of {whole.bit_length()} bits]"
    text = str(whole)
    masked = mask_text(text)
    return whole if masked == text else masked


def _text(value: str | bytes | bytearray) -> str:
    # str.__str__ also where an enumeration prints itself in another way.
    return str.__str__(value) if isinstance(value, str) else value.decode(errors="backslashreplace")


def _description(value: object) -> str:
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return str(value) if isinstance(value, (PurePath, UUID, timedelta)) else repr(value)


def _shortened(text: str) -> str:
    """The beginning of a long text, without digits at the cut: a card number cut in two looks like
    none."""
    if len(text) <= TEXT_LENGTH_MAX:
        return text
    return text[:TEXT_LENGTH_MAX].rstrip("0123456789 +.-%\u00a0\u202f") + CUT


# --- secrets by their names

# A name with one of these words in it holds a secret wherever the word stands: newPassword,
# cvc_code.
_SECRET_WORDS: Final = frozenset({"cvc", "cvv", "passphrase", "passwd", "password", "secret"})
# With these it does when it ends on one: seToken and api_key do, key_id and token_age do not.
_SECRET_LAST_WORDS: Final = frozenset(
    {"authorization", "cavv", "cookie", "credential", "cryptogram", "key", "otp", "pan", "pin"}
    | {"token"}
)
_SECRET_NAMES: Final = frozenset(
    {"apikey", "cardnumber", "creq", "cres", "pareq", "pares", "primaryaccountnumber", "pwd"}
    | {"track2"}
)
_HARMLESS_FIRST_WORDS: Final = frozenset({"idempotency", "masked", "public"})
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NAME_LENGTH_USUAL: Final = 64
_NOT_OF_A_NAME: Final = re.compile(r"[^a-z0-9]")

_NAME_AND_SIGN: Final = re.compile(
    r"""(?<![\w$.\-]) (?P<name>[\w$.\-]++)
        (?:[\\"'\]\s]|%(?:20|22|27|5D))*+ (?:[=:]|%3[AD]|(?<=["']),) \s*+""",
    re.VERBOSE | re.IGNORECASE,
)
# An opened quote without its end takes all that follows: the text may have been cut inside a
# secret.
_VALUE: Final = re.compile(
    r"""b?"(?:[^"\\]|\\.)*+(?:"|\Z) | b?'(?:[^'\\]|\\.)*+(?:'|\Z) | [\[({][^\])}]*+[\])}]?
        | (?:(?:Basic|Bearer)\s+)?[^\s&<]+""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ELEMENT: Final = re.compile(r"(?P<open><(?P<name>[\w:.\-]++)(?:\s[^<>]*+)?>)[^<]++")
_ADDRESS: Final = re.compile(r"(://[^/\s:@]*+:)[^/\s@]++@")


def is_secret_name(name: str) -> bool:
    """Whether what stands under this name is never shown; spelling and the path before it do not
    matter."""
    # Names come from outside too: only those as short as real ones may take room in memory.
    return _judge(name) if len(name) <= _NAME_LENGTH_USUAL else _judge.__wrapped__(name)


@lru_cache(maxsize=4_096)
def _judge(name: str) -> bool:
    own = re.split(r"[.:]", name.rstrip(".:"))[-1]
    words = [word.lower().removesuffix("s") for word in _WORD.findall(own)]
    if not words or words[0] in _HARMLESS_FIRST_WORDS:
        return False
    return (
        not _SECRET_WORDS.isdisjoint(words)
        or words[-1] in _SECRET_LAST_WORDS
        or _NOT_OF_A_NAME.sub("", own.lower()) in _SECRET_NAMES
    )


def _cover_named(text: str) -> str:
    parts: list[str] = []
    copied = place = 0
    while found := _NAME_AND_SIGN.search(text, place):
        # After a harmless name we go on behind its sign: url=https://…?password=… holds a pair in a
        # pair.
        place = found.end()
        name = found["name"]
        if text[found.start() - 1 : found.start()] == "%":
            name = name[2:]  # the rest of an encoded "$" or "["
        if is_secret_name(name) and (value := _VALUE.match(text, place)):
            parts += (text[copied:place], HIDDEN)
            copied = place = value.end()
    return "".join((*parts, text[copied:]))


def _cover_element(found: re.Match[str]) -> str:
    return found["open"] + HIDDEN if is_secret_name(found["name"]) else found[0]


# --- card numbers by their look

_PAN_LENGTH_MIN: Final = 12
_PAN_LENGTH_MAX: Final = 19
_PAN_LENGTH_USUAL: Final = 16
_DIGITS_MAX: Final = 64

# Ids of orders are set aside first: they may hold twelve digits in a row and are what a log is
# searched by.
_DIGITS: Final = re.compile(
    r"""(?P<id>(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z]))
        | [0-9](?:(?:[ +.\-\u00a0\u202f]|%20)?[0-9]){11,}""",
    re.VERBOSE,
)
_GROUP: Final = re.compile(r"%20|[0-9]+")


def _cover_digits(found: re.Match[str]) -> str:
    text = found[0]
    if found["id"]:
        return text
    groups = [group for group in _GROUP.finditer(text) if group[0] != "%20"]
    if sum(len(group[0]) for group in groups) > _DIGITS_MAX:
        return HIDDEN
    parts: list[str] = []
    copied = 0
    for first, last, cover in _card_numbers(groups):
        parts += (text[copied : groups[first].start()], cover)
        copied = groups[last].end()
    return "".join((*parts, text[copied:]))


def _card_numbers(groups: list[re.Match[str]]) -> list[tuple[int, int, str]]:
    """First group, last group and cover of each card number; those that overlap are covered as
    one."""
    found: list[tuple[int, int, str]] = []
    for first in range(len(groups)):
        digits = ""
        for last in range(first, len(groups)):
            digits += groups[last][0]
            cover = _cover_if_card_number(digits, glued=first == last)
            if cover and found and first <= found[-1][1]:
                found.append(_joined(found.pop(), (first, last, cover)))
            elif cover:
                found.append((first, last, cover))
            if len(digits) >= _PAN_LENGTH_MAX:
                break
    return found


def _joined(one: tuple[int, int, str], two: tuple[int, int, str]) -> tuple[int, int, str]:
    """Two that overlap, `two` beginning no earlier; without one that holds both, nothing is
    shown."""
    if two[1] <= one[1]:
        return one
    return two if two[0] == one[0] else (one[0], two[1], HIDDEN)


def _cover_if_card_number(digits: str, *, glued: bool) -> str:
    if len(digits) < _PAN_LENGTH_MIN:
        return ""
    if len(digits) > _PAN_LENGTH_MAX:
        return HIDDEN if glued else ""
    # A number glued to its expiry or code is covered whole: its last four are not the card's.
    usual = range(len(digits) - _PAN_LENGTH_USUAL + 1) if len(digits) > _PAN_LENGTH_USUAL else ()
    if glued and any(luhn_ok(digits[start : start + _PAN_LENGTH_USUAL]) for start in usual):
        return HIDDEN
    return f"{digits[:6]}**{digits[-4:]}" if luhn_ok(digits) else ""
