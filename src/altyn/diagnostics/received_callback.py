"""A callback as a shop received it, read from the text that a developer has.

Reads an address, a line of an access log, a form body and a JSON body. Keeps both forms of a
parameter, encoded and decoded, since many wrong checksums use the wrong one.
Source: callbacks.md §1, §3.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote_plus

NESTED: Final = "additionalParams"
PARAMETERS_MAX: Final = 100
"""More than any callback has; the search for a mistake grows with their square."""
_REQUEST_LINE: Final = re.compile(r"(?:GET|POST) (\S+)(?: HTTP/\S+)?")
_ADDRESS: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://|/")


class UnreadableCallbackError(ValueError):
    """The text is not a callback; the message says what was expected."""


class Form(StrEnum):
    """How the parameters were sent: percent-encoded, or in JSON."""

    ENCODED = "encoded"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class Pair:
    """One parameter: name and value as received (percent-encoded, except in JSON)."""

    name: str
    value: str
    nested: bool = False


@dataclass(frozen=True)
class Received:
    """A callback as received; `text` is the part that holds the parameters."""

    form: Form
    text: str
    pairs: tuple[Pair, ...]

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Decoded values by name, in the order received. Of two equal names the later one counts:
        the gateway adds its parameters after the query of the shop's address."""
        values = (self.decoded(pair.value) for pair in self.pairs)
        return dict(zip(self.names, values, strict=True))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Decoded names, one for each pair."""
        return tuple(self.decoded(pair.name) for pair in self.pairs)

    @property
    def checksum(self) -> str | None:
        """The checksum; None when it is missing or empty."""
        return self.parameters.get("checksum") or None

    @property
    def alias(self) -> str | None:
        """The name of the key of an asymmetric checksum."""
        return self.parameters.get("sign_alias") or None

    def decoded(self, text: str) -> str:
        """A name or value as it was before it was encoded for the transport."""
        return unquote_plus(text) if self.form is Form.ENCODED else text


def read_received(text: str) -> Received:
    """Read a whole address, a line of an access log, a query, a form body, or a JSON body.

    Refuses with UnreadableCallbackError: an empty text, JSON that is broken or not an object, an
    address without a query, a text without parameters, more than PARAMETERS_MAX of them.
    """
    received = _read(text)
    if len(received.pairs) > PARAMETERS_MAX:
        raise UnreadableCallbackError(
            f"It has {len(received.pairs)} parameters; a callback has at most {PARAMETERS_MAX}."
        )
    return received


def _read(text: str) -> Received:
    text = _clean(text).strip().strip("\ufeff")
    if not text:
        raise UnreadableCallbackError("There is nothing to read: the text is empty.")
    if text.startswith(("{", "[")):
        return Received(Form.JSON, text, _json_pairs(text))
    if line := _REQUEST_LINE.fullmatch(text):
        text = line[1]
    query = _query_of(text)
    if "=" not in query:
        raise UnreadableCallbackError(
            "This is not a callback. A callback is an address with a query, a form body "
            "(name=value&…) or a JSON object."
        )
    pairs = (part.partition("=") for part in query.split("&") if part)
    return Received(Form.ENCODED, query, tuple(Pair(name, value) for name, _, value in pairs))


def _query_of(text: str) -> str:
    """The part after the `?` of an address; any other text is a query already."""
    address, mark, query = text.partition("?")
    # An address may be typed without its scheme; a query has a `=` before its first `?`.
    if _ADDRESS.match(address) or (mark and "=" not in address):
        return query.partition("#")[0]
    return text


def _json_pairs(text: str) -> tuple[Pair, ...]:
    try:
        # Numbers keep the digits that were sent, because those were signed.
        members = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise UnreadableCallbackError(f"The JSON is broken: {error}.") from None
    if not isinstance(members, dict) or not members:
        raise UnreadableCallbackError("The JSON of a callback is an object with parameters.")
    pairs: list[Pair] = []
    for name, value in members.items():
        if name == NESTED and isinstance(value, dict):
            pairs += (Pair(_clean(key), _text(item), nested=True) for key, item in value.items())
        else:
            pairs.append(Pair(_clean(name), _text(value)))
    return tuple(pairs)


def _text(value: Any) -> str:
    """A JSON value without its quotes (callbacks.md §6.4); null is an empty value."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool):
        return str(value).lower()
    return _clean(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _clean(text: str) -> str:
    """The text with lone surrogates replaced, because they cannot be signed."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
