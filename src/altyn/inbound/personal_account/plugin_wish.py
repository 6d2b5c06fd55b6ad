"""What a CMS plugin asks for when it switches callbacks on: its JSON body, read with patience.

Plugins are older than any description of this call, so what cannot be understood and does no harm
is told in a note and left out. Source: personal-account.md §7.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from altyn.domain.callback import CallbackMethod, CallbackMode, CallbackOperation

MEMBERS: Final = (
    "callbacks_enabled",
    "callback_type",
    "callback_addresses",
    "callback_http_method",
    "callback_operations",
)
NAMES_TOLD_MAX: Final = 10
NAME_LENGTH_MAX: Final = 40

_YES: Final = frozenset({"true", "1", "yes", "on"})
_NO: Final = frozenset({"false", "0", "no", "off"})
_METHODS: Final = frozenset({CallbackMethod.GET, CallbackMethod.POST})
_OPERATIONS: Final = {word.lower(): word for word in CallbackOperation}
_SEPARATED: Final = re.compile(r"[,;\s]+")
# A comma may be a part of an address; one that stands before the next address is not.
_NEXT_ADDRESS: Final = re.compile(r"[,;\s]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")


class WishRefusedError(Exception):
    """The body cannot be carried out; the text names the member, never its value."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the plugin said; None is what it left unsaid, `notes` are what was not understood."""

    enabled: bool | None = None
    mode: CallbackMode | None = None
    urls: tuple[str, ...] | None = None
    method: CallbackMethod | None = None
    operations: tuple[CallbackOperation, ...] | None = None
    notes: tuple[str, ...] = ()

    def changes(self) -> dict[str, Any]:
        """What was said, by the names of the callbacks' settings."""
        names = ("enabled", "mode", "urls", "method", "operations")
        said = {name: getattr(self, name) for name in names}
        return {name: value for name, value in said.items() if value is not None}


def read_wish(body: bytes) -> Wish:
    """Read a plugin's body. Refuses: no JSON object, then a member that means nothing known."""
    try:
        members = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise WishRefusedError("the body is not a JSON object")
    notes: list[str] = []
    strangers = [name for name in members if name not in MEMBERS]
    if strangers:
        # Some plugins send their whole configuration, password and all: only names are repeated.
        notes.append(f"not known here and ignored: {_told(strangers)}")
    return Wish(
        enabled=_said(members, "callbacks_enabled", _flag),
        mode=_said(members, "callback_type", _mode),
        urls=_said(members, "callback_addresses", _addresses),
        method=_said(members, "callback_http_method", _method),
        operations=_operations(_said(members, "callback_operations", _words) or (), notes),
        notes=tuple(notes),
    )


def _said(members: dict[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
    """A member's value; null and an empty text or list are as if it had not been sent."""
    value = members.get(name)
    if value is None or value in ("", []):
        return None
    try:
        return read(value)
    except ValueError as rule:
        raise WishRefusedError(f"{name}: {rule}") from None


def _flag(value: Any) -> bool:
    word = str(value).strip().lower() if isinstance(value, bool | int | str) else ""
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("true or false")


def _mode(value: Any) -> CallbackMode:
    try:
        return CallbackMode(str(value).strip().lower())
    except ValueError:
        raise ValueError("STATIC or DYNAMIC") from None


def _method(value: Any) -> CallbackMethod:
    word = str(value).strip().upper()
    if word not in _METHODS:
        raise ValueError("GET or POST")
    return CallbackMethod(word)


def _addresses(value: Any) -> tuple[str, ...] | None:
    pieces = [piece for text in _texts(value) for piece in _NEXT_ADDRESS.split(text)]
    return _each_once(piece.strip(",; \t\r\n") for piece in pieces) or None


def _words(value: Any) -> tuple[str, ...]:
    return _each_once(word for text in _texts(value) for word in _SEPARATED.split(text))


def _texts(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a text, or a list of texts")
    return texts


def _each_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _operations(words: tuple[str, ...], notes: list[str]) -> tuple[CallbackOperation, ...] | None:
    unknown = [word for word in words if word.lower() not in _OPERATIONS]
    if unknown:
        notes.append(f"callback_operations that are not known here and ignored: {_told(unknown)}")
    known = [_OPERATIONS[word.lower()] for word in words if word.lower() in _OPERATIONS]
    # None at all would mean all of them, which nobody has asked for.
    return tuple(dict.fromkeys(known)) or None


def _told(names: list[str]) -> str:
    """Names as an answer may repeat them: so many, each so long."""
    shown = [name[:NAME_LENGTH_MAX] for name in names[:NAMES_TOLD_MAX]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
