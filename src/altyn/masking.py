"""Masks card numbers, security codes and secrets in values and texts that are logged.

Types are checked first (`Pan` and `Cvc` print masked), then names (`password`, `$CVC`), and then
the text itself, so that a card number in free text is masked too.
Source: docs/architecture.md.
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

from altyn.domain.card.values import Cvc, Pan, has_number_within, luhn_ok
from altyn.domain.notes import Note

HIDDEN: Final = "***"
CUT: Final = "…"
DEPTH_MAX: Final = 12
NODES_MAX: Final = 2_000
TEXT_LENGTH_MAX: Final = 16_384
_INTEGER_BITS_MAX: Final = 128
_PAIR_LENGTH: Final = 2
_PAN_SMALLEST: Final = 10**11  # the smallest number of twelve digits


def mask_value(value: object) -> Any:
    """A plain copy of any value that is safe to print.

    Mappings, sequences and records are copied by member; anything else becomes text.
    """
    return _Walk().visit(value, depth=0)


def mask_text(text: str) -> str:
    """Mask, in free text, values that follow a secret's name and digits that may be a card number.

    Recognised: name=value, "name": value and 'name', 'value', also percent-encoded; XML elements,
    also with CDATA; pairs of a member or element `name` and one `value`; user:password@ in
    addresses; digits, joined or grouped, that pass the Luhn check.
    """
    if "=" in text or ":" in text or "," in text or "%3" in text:
        if _may_name_a_secret(text):
            text = _mask_named(_mask_pairs(text))
        if "@" in text:
            text = _ADDRESS.sub(rf"\1{HIDDEN}@", text)
    if "<" in text:
        text = _mask_elements(text)
    return _DIGITS.sub(_mask_digits, text) if _may_hold_card_number(text) else text


# --- values: by type, then by name


class _Walk:
    """One pass over one value; the number of nodes is limited, so the log line is limited too."""

    def __init__(self) -> None:
        self._nodes = NODES_MAX

    def visit(self, value: object, *, depth: int) -> Any:
        self._nodes -= 1
        if type(value) is str:  # nearly always
            return mask_text(shortened(value))
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (Pan, Cvc)):
            return value.masked
        if isinstance(value, Note):
            return str(value)  # `token: ignored` is no value of a token
        if isinstance(value, float):
            return _plain_float(value)
        if isinstance(value, int):
            return _plain_integer(value)
        if isinstance(value, (str, bytes, bytearray)):
            return mask_text(shortened(_text(value)))
        if depth >= DEPTH_MAX or self._nodes <= 0:
            return CUT
        try:
            return self._visit_inside(value, depth + 1)
        except Exception as error:  # noqa: BLE001 - a value that cannot be printed must not stop a payment
            return f"[{type(value).__name__} cannot be printed: {type(error).__name__}]"

    def _visit_inside(self, value: object, depth: int) -> Any:
        if isinstance(value, Mapping):
            return self._members(value.items(), depth)
        if (members := _record_members(value)) is not None:
            return self._members(members, depth)
        if isinstance(value, (list, tuple, AbstractSet)):
            return self._items(value, depth)
        return mask_text(shortened(_description(value)))

    def _members(self, members: Iterable[tuple[object, object]], depth: int) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for name, value in members:
            if self._nodes <= 0:
                plain[CUT] = CUT
                break
            key = name if isinstance(name, (str, bytes)) else _description(name)
            plain[_masked_name(_text(key))] = self._member(name, value, depth)
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
        # `Pan` and `Cvc` print masked; None, True and False do not reveal a secret.
        is_harmless = value is None or isinstance(value, (bool, Pan, Cvc))
        if not is_harmless and isinstance(name, (str, bytes)) and is_secret_name(_text(name)):
            self._nodes -= 1
            return HIDDEN
        return self.visit(value, depth=depth)


def _record_members(value: object) -> Iterator[tuple[str, object]] | None:
    """Members of a dataclass (those that its repr shows), a msgspec structure or a named tuple."""
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
        return repr(value)  # JSON has no infinity
    masked = _plain_integer(int(value))
    return masked if isinstance(masked, str) else value


def _plain_integer(value: int) -> int | str:
    whole = int(value)  # a member of an enumeration becomes its number
    if abs(whole) < _PAN_SMALLEST:
        return whole
    if whole.bit_length() > _INTEGER_BITS_MAX:
        return f"[a number of {whole.bit_length()} bits]"
    text = str(whole)
    masked = mask_text(text)
    return whole if masked == text else masked


def _text(value: str | bytes | bytearray) -> str:
    # str.__str__, because a member of an enumeration may print differently.
    return str.__str__(value) if isinstance(value, str) else value.decode(errors="backslashreplace")


def _description(value: object) -> str:
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return str(value) if isinstance(value, (PurePath, UUID, timedelta)) else repr(value)


def shortened(text: str, length_max: int = TEXT_LENGTH_MAX) -> str:
    """The beginning of a long text, without digits at its end.

    A card number that is cut in half would not be recognised and masked.
    """
    if len(text) <= length_max:
        return text
    return text[:length_max].rstrip("0123456789 +.-%\u00a0\u202f") + CUT


# --- secrets: by name

# A name that contains one of these words is a secret's name: newPassword, cvc_code.
_SECRET_WORDS: Final = frozenset({"cvc", "cvv", "passphrase", "passwd", "password", "secret"})
# A name that ends with one of these words is a secret's name too: seToken and api_key, but not
# key_id and token_age.
_SECRET_LAST_WORDS: Final = frozenset(
    {"authorization", "cavv", "cookie", "credential", "cryptogram", "key", "otp", "pan", "pin"}
    | {"token"}
)
_SECRET_NAMES: Final = frozenset(
    {"apikey", "cardnumber", "creq", "cres", "pareq", "pares", "primaryaccountnumber", "pwd"}
    | {"securitycode", "track2"}
)
_SECRET_PARTS: Final = tuple(sorted(_SECRET_WORDS | _SECRET_LAST_WORDS | _SECRET_NAMES))
_WITHOUT_SEPARATORS: Final = {code: None for code in range(128) if not chr(code).isalnum()}
_HARMLESS_FIRST_WORDS: Final = frozenset({"idempotency", "masked", "public"})
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NAME_LENGTH_USUAL: Final = 64
_SEVERAL_DIGITS: Final = re.compile("[0-9]{3}")
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9]")

_NAME_AND_SIGN: Final = re.compile(
    r"""(?<![\w$.\-]) (?P<name>[\w$.\-]++)
        (?:[\\"'\]\s]|%(?:20|22|27|5D))*+ (?:[=:]|%3[AD]|(?<=["']),) \s*+""",
    re.VERBOSE | re.IGNORECASE,
)
# After a quote that is not closed the rest is masked: the text may have been cut inside a secret.
_VALUE: Final = re.compile(
    r"""b?"(?:[^"\\]|\\.)*+(?:"|\Z) | b?'(?:[^'\\]|\\.)*+(?:'|\Z) | [\[({][^\])}]*+[\])}]?
        | (?:(?:Basic|Bearer)\s+)?[^\s&<]+""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ELEMENT: Final = re.compile(r"<(?P<name>[\w:.\-]++)(?:\s[^<>]*+)?>")
_CONTENT: Final = re.compile(
    r"(?:[^<]++|<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))++", re.DOTALL
)
# name="password" value="…", {"name": "password", "value": …}, <name>password</name><value>…
_PAIR: Final = re.compile(
    r"""\bname (?:[\\"'\s]*+[=:][\\"'\s]*+|>) (?P<name>[\w$.\-]++)
        (?:[\\"'\s,]*+\bvalue[\\"'\s]*?[=:]\s*+|</(?:[\w\-]++:)?name>\s*+<(?:[\w\-]++:)?value>)""",
    re.VERBOSE | re.IGNORECASE,
)
_MASKED_PAN: Final = re.compile(r'(["\']?)[0-9]{6}\*{2,}[0-9]{4}\1')
_ADDRESS: Final = re.compile(r"(://[^/\s:@]*+:)[^/\s@]++@")


def _may_name_a_secret(text: str) -> bool:
    """Whether a text can hold a secret's name; False is certain, and fast for most texts."""
    if not text.isascii():
        return True
    letters = text.lower().translate(_WITHOUT_SEPARATORS)
    return any(part in letters for part in _SECRET_PARTS)


def _masked_name(name: str) -> str:
    """The name of a member as it is printed."""
    return _mask_name(name) if _may_be_cached(name) else _mask_name.__wrapped__(name)


def _may_be_cached(name: str) -> bool:
    """Whether a cache may keep this name: it is short, and cannot be a card number or code.

    Names may come from requests, and a body that was read wrongly puts values into the names.
    """
    return len(name) <= _NAME_LENGTH_USUAL and not _SEVERAL_DIGITS.search(name)


@lru_cache(maxsize=4_096)
def _mask_name(name: str) -> str:
    return mask_text(shortened(name))


def is_secret_name(name: str) -> bool:
    """Whether a value with this name is a secret; case and a path before the name are ignored."""
    return _is_secret(name) if _may_be_cached(name) else _is_secret.__wrapped__(name)


@lru_cache(maxsize=4_096)
def _is_secret(name: str) -> bool:
    own = re.split(r"[.:]", name.rstrip(".:"))[-1]
    words = [word.lower().removesuffix("s") for word in _WORD.findall(own)]
    if not words or words[0] in _HARMLESS_FIRST_WORDS:
        return False
    return (
        not _SECRET_WORDS.isdisjoint(words)
        or words[-1] in _SECRET_LAST_WORDS
        or _NOT_IN_A_NAME.sub("", own.lower()) in _SECRET_NAMES
    )


def _mask_named(text: str) -> str:
    parts: list[str] = []
    copied = position = 0
    while found := _NAME_AND_SIGN.search(text, position):
        # After a harmless name the search continues after the sign, because a value may contain
        # another pair: url=https://…?password=….
        position = found.end()
        name = found["name"]
        if text[found.start() - 1 : found.start()] == "%":
            name = name[2:]  # removes "24" or "5B" of an encoded "$" or "["
        if is_secret_name(name) and (value := _VALUE.match(text, position)):
            if _MASKED_PAN.fullmatch(value[0]):
                continue
            parts += (text[copied:position], HIDDEN)
            copied = position = value.end()
    return "".join((*parts, text[copied:]))


def _mask_pairs(text: str) -> str:
    """Mask the `value` that belongs to a `name` of a secret."""
    if "name" not in text or "value" not in text:
        return text
    return _mask_values(text, _PAIR, _VALUE)


def _mask_elements(text: str) -> str:
    """Mask the text of XML elements with a secret's name."""
    return _mask_values(text, _ELEMENT, _CONTENT)


def _mask_values(text: str, sign: re.Pattern[str], content: re.Pattern[str]) -> str:
    """Mask what `content` matches after a `sign` whose group `name` is a secret's name."""
    parts: list[str] = []
    copied = position = 0
    while found := sign.search(text, position):
        position = found.end()
        if is_secret_name(found["name"]) and (value := content.match(text, position)):
            parts += (text[copied:position], HIDDEN)
            copied = position = value.end()
    return "".join((*parts, text[copied:]))


# --- card numbers: by their digits

_PAN_LENGTH_MIN: Final = 12
_PAN_LENGTH_MAX: Final = 19
_DIGITS_MAX: Final = 64

# Order ids are not masked: they may contain twelve digits in a row, and logs are searched by them.
_DIGITS: Final = re.compile(
    r"""(?P<id>(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z]))
        | [0-9](?:(?:[ +.\-\u00a0\u202f]|%20)?[0-9]){11,}""",
    re.VERBOSE,
)
_GROUP: Final = re.compile(r"%20|[0-9]+")
_DIGITS_AS_ZERO: Final = bytes(0x30 if each in b"0123456789" else each for each in range(256))
_BETWEEN_DIGITS: Final = " .+-%\u00a0\u202f".encode()
_ZEROS: Final = b"0" * _PAN_LENGTH_MIN


def _may_hold_card_number(text: str) -> bool:
    """Whether a text has enough digits in a row; False is certain, and fast for most texts."""
    if len(text) < _PAN_LENGTH_MIN:
        return False
    encoded = text.encode("utf-8", "surrogatepass")
    return _ZEROS in encoded.translate(_DIGITS_AS_ZERO, _BETWEEN_DIGITS)


def _mask_digits(found: re.Match[str]) -> str:
    text = found[0]
    if found["id"]:
        return text
    groups = [group for group in _GROUP.finditer(text) if group[0] != "%20"]
    if sum(len(group[0]) for group in groups) > _DIGITS_MAX:
        return HIDDEN
    parts: list[str] = []
    copied = 0
    for first, last, mask in _card_numbers(groups):
        parts += (text[copied : groups[first].start()], mask)
        copied = groups[last].end()
    return "".join((*parts, text[copied:]))


def _card_numbers(groups: list[re.Match[str]]) -> list[tuple[int, int, str]]:
    """First group, last group and mask of each card number; overlapping ones are masked as one."""
    found: list[tuple[int, int, str]] = []
    for first in range(len(groups)):
        digits = ""
        for last in range(first, len(groups)):
            digits += groups[last][0]
            mask = _mask_if_card_number(digits, joined=first == last)
            if mask and found and first <= found[-1][1]:
                found.append(_joined(found.pop(), (first, last, mask)))
            elif mask:
                found.append((first, last, mask))
            if len(digits) >= _PAN_LENGTH_MAX:
                break
    return found


def _joined(one: tuple[int, int, str], two: tuple[int, int, str]) -> tuple[int, int, str]:
    """One entry for two that overlap; `two` does not begin before `one`.

    If neither contains the other, all digits are hidden.
    """
    if two[1] <= one[1]:
        return one
    return two if two[0] == one[0] else (one[0], two[1], HIDDEN)


def _mask_if_card_number(digits: str, *, joined: bool) -> str:
    if len(digits) < _PAN_LENGTH_MIN:
        return ""
    if len(digits) > _PAN_LENGTH_MAX:
        return HIDDEN if joined else ""
    # A card number joined with its expiry or code is hidden completely: the last four digits are
    # not those of the card.
    if joined and has_number_within(digits):
        return HIDDEN
    return f"{digits[:6]}**{digits[-4:]}" if luhn_ok(digits) else ""
