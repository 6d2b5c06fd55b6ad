"""Reads the JSON body with which a CMS plugin switches callbacks on.

Plugins are older than any description of this call, so a member that is unknown and harmless is
reported in a note and ignored. Source: personal-account.md §7.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from altyn.domain.callback import CallbackMethod, CallbackOperation

MEMBERS: Final = (
    "callbacks_enabled",
    "callback_type",
    "callback_addresses",
    "callback_http_method",
    "callback_operations",
)
NAMES_SHOWN_MAX: Final = 10
NAME_LENGTH_MAX: Final = 40

STATIC: Final = "STATIC"
DYNAMIC: Final = "DYNAMIC"
_YES: Final = frozenset({"true", "1", "yes", "on"})
_NO: Final = frozenset({"false", "0", "no", "off"})
_METHODS: Final = frozenset({CallbackMethod.GET, CallbackMethod.POST})
_OPERATIONS: Final = {word.lower(): word for word in CallbackOperation}
_SEPARATOR: Final = re.compile(r"[,;\s]+")
# A comma may be a part of an address; a comma before the next address is a separator.
_NEXT_ADDRESS: Final = re.compile(r"[,;\s]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")

Value = TypeVar("Value")


class PluginRequestError(Exception):
    """The body cannot be carried out; the text names the member, never its value."""


@dataclass(frozen=True, slots=True)
class PluginRequest:
    """What the plugin sent; None for a member that it left out. `notes` name what was ignored.

    `dynamic` is no setting: the provider's permission decides it.
    """

    enabled: bool | None = None
    dynamic: bool | None = None
    urls: tuple[str, ...] | None = None
    method: CallbackMethod | None = None
    operations: tuple[CallbackOperation, ...] | None = None
    notes: tuple[str, ...] = ()

    def changes(self) -> dict[str, object]:
        """The settings of callbacks that were sent, by their names."""
        names = ("enabled", "urls", "method", "operations")
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}


def read_plugin_request(body: bytes) -> PluginRequest:
    """Read a plugin's body.

    Refuses (PluginRequestError): not a JSON object, then a member without a known meaning.
    """
    try:
        members = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise PluginRequestError("the body is not a JSON object")
    notes: list[str] = []
    unknown = [name for name in members if name not in MEMBERS]
    if unknown:
        # Some plugins send their whole configuration with the password: only names are repeated.
        notes.append(f"not known here and ignored: {_shortened(unknown)}")
    return PluginRequest(
        enabled=_member(members, "callbacks_enabled", _flag),
        dynamic=_member(members, "callback_type", _is_dynamic),
        urls=_member(members, "callback_addresses", _addresses),
        method=_member(members, "callback_http_method", _method),
        operations=_operations(_member(members, "callback_operations", _words) or (), notes),
        notes=tuple(notes),
    )


def _member(
    members: dict[str, Any], name: str, read: Callable[[Any], Value | None]
) -> Value | None:
    """A member's value; null and an empty text or list mean that it was not sent."""
    value = members.get(name)
    if value is None or value in ("", []):
        return None
    try:
        return read(value)
    except ValueError as rule:
        raise PluginRequestError(f"{name}: {rule}") from None


def _flag(value: Any) -> bool:
    word = str(value).strip().lower() if isinstance(value, bool | int | str) else ""
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("true or false")


def _is_dynamic(value: Any) -> bool:
    word = str(value).strip().upper()
    if word not in {STATIC, DYNAMIC}:
        raise ValueError("STATIC or DYNAMIC")
    return word == DYNAMIC


def _method(value: Any) -> CallbackMethod:
    word = str(value).strip().upper()
    if word not in _METHODS:
        raise ValueError("GET or POST")
    return CallbackMethod(word)


def _addresses(value: Any) -> tuple[str, ...] | None:
    pieces = [piece for text in _texts(value) for piece in _NEXT_ADDRESS.split(text)]
    return _without_repeats(piece.strip(",; \t\r\n") for piece in pieces) or None


def _words(value: Any) -> tuple[str, ...]:
    return _without_repeats(word for text in _texts(value) for word in _SEPARATOR.split(text))


def _texts(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a text, or a list of texts")
    return texts


def _without_repeats(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _operations(words: tuple[str, ...], notes: list[str]) -> tuple[CallbackOperation, ...] | None:
    unknown = [word for word in words if word.lower() not in _OPERATIONS]
    if unknown:
        notes.append(
            f"callback_operations that are not known here and ignored: {_shortened(unknown)}"
        )
    known = [_OPERATIONS[word.lower()] for word in words if word.lower() in _OPERATIONS]
    # An empty tuple would mean all operations, which the plugin has not asked for.
    return tuple(dict.fromkeys(known)) or None


def _shortened(names: list[str]) -> str:
    """Names as an answer may repeat them: the first ten, each cut to its first 40 characters."""
    shown = [name[:NAME_LENGTH_MAX] for name in names[:NAMES_SHOWN_MAX]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
