"""The wrong ways to make a checksum: each function yields every way to make one mistake.

They exist apart from the table of mistakes so that its words can be read without the code. A way is
changed, never made anew, so that mistakes add up. Raised ValueErrors mean: cannot be made here.
Source: callbacks.md §6.4.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from altyn.diagnostics.checksum_recipe import Way, unchanged
from altyn.diagnostics.received_callback import NESTED, Form, Pair
from altyn.domain.callback import CallbackOperation
from altyn.protocol.dialects.classic.callbacks.parameters import (
    BINDING,
    BINDING_OPTIONAL,
    CORE,
    OPTIONAL,
)

_OURS: Final = tuple(
    row.name for rows in (CORE, OPTIONAL, BINDING, BINDING_OPTIONAL) for row in rows
)
KNOWN: Final = frozenset(_OURS)
"""Every name that a callback may have by the reference."""

_CORE: Final = frozenset(row.name for row in CORE)
_SPELLED: Final = {name.lower(): name for name in reversed(_OURS)}


# ── Which parameters ──────────────────────────────────────────────────────────────────────────────


def own_left_in(way: Way) -> Iterator[Way]:
    """The query of the shop's own address is signed too."""
    if way.own:
        yield replace(way, own=0)


def with_checksum(way: Way) -> Iterator[Way]:
    """`checksum` is signed too."""
    yield replace(way, left_out=way.left_out - {"checksum"})


def with_alias(way: Way) -> Iterator[Way]:
    """`sign_alias` is signed too."""
    yield replace(way, left_out=way.left_out - {"sign_alias"})


def core_only(way: Way) -> Iterator[Way]:
    """Only the four that always come are signed."""
    yield replace(way, keeps=lambda pair: way.keeps(pair) and pair.name in _CORE)


def nested_otherwise(way: Way) -> Iterator[Way]:
    """`additionalParams` is left out, or signed as one value, close or wide spaced."""
    if any(pair.nested for pair in way.received.pairs):
        yield replace(way, keeps=lambda pair: way.keeps(pair) and not pair.nested)
        members = json.loads(way.received.text)[NESTED]
        flat = tuple(pair for pair in way.received.pairs if not pair.nested)
        for separators in ((",", ":"), (", ", ": ")):
            whole = Pair(NESTED, json.dumps(members, ensure_ascii=False, separators=separators))
            yield replace(way, received=replace(way.received, pairs=(*flat, whole)))


def without_empty(way: Way) -> Iterator[Way]:
    """Empty values are left out."""
    yield replace(way, keeps=lambda pair: way.keeps(pair) and pair.value != "")


def first_of_equal(way: Way) -> Iterator[Way]:
    """Of two parameters with one name the first counts."""
    yield replace(way, first_counts=True)
    yield replace(way, first_counts=True, own=0)


def without_unknown(way: Way) -> Iterator[Way]:
    """Names that the reference does not know are left out."""
    yield replace(way, keeps=lambda pair: way.keeps(pair) and pair.name in KNOWN)


def without_one(way: Way) -> Iterator[Way]:
    """Any one parameter is left out."""
    for name in way.received.parameters:
        yield replace(way, left_out=way.left_out | {name})


def result_changed(way: Way) -> Iterator[Way]:
    """The two parameters that somebody would change to be taken for a payer."""
    for name, values in (("status", ("1", "0")), ("operation", tuple(CallbackOperation))):
        for value in values:
            pairs = tuple(
                replace(pair, value=str(value)) if pair.name == name else pair
                for pair in way.received.pairs
            )
            yield replace(way, received=replace(way.received, pairs=pairs))


# ── Names and their order ─────────────────────────────────────────────────────────────────────────


def unsorted(way: Way) -> Iterator[Way]:
    """The names stay in the order they came."""
    yield replace(way, sort=None)


def ignoring_case(way: Way) -> Iterator[Way]:
    """Names are sorted without regard to case; ties as they come, or lower case first."""
    yield replace(way, sort=str.lower)
    yield replace(way, sort=lambda name: (name.lower(), name.swapcase()))


def lower_names(way: Way) -> Iterator[Way]:
    """Names are put in lower case; or were, and are now spelled right."""
    yield replace(way, rename=str.lower)
    yield replace(way, rename=lambda name: _SPELLED.get(name.lower(), name))


# ── The text ──────────────────────────────────────────────────────────────────────────────────────


def no_last_semicolon(way: Way) -> Iterator[Way]:
    """Nothing stands behind the last value."""
    yield replace(way, at_end=False)


def other_separators(way: Way) -> Iterator[Way]:
    """Other signs stand between; each list with one at the end and without."""
    for inner, between, at_end in (
        ("=", "&", False),
        *((":", ":", True), (":", ";", True), ("=", ";", True), (",", ",", True)),
        *(("=", "", False), ("", "", False), ("=", "&", True), (";", "", False)),
    ):
        spell = _spelling(inner)
        yield replace(way, spell=spell, between=between, at_end=at_end)
        yield replace(way, spell=spell, between=between, at_end=not at_end)


def _spelling(inner: str) -> Callable[[str, str], str]:
    return lambda name, value: f"{name}{inner}{value}"


def values_only(way: Way) -> Iterator[Way]:
    """The names are left out."""
    for between in (";", ""):
        yield replace(way, spell=lambda _, value: value, between=between)


# ── Values ────────────────────────────────────────────────────────────────────────────────────────


def plus_and_space(way: Way) -> Iterator[Way]:
    """A `+` is not decoded; or a `+` and a space are taken for each other."""
    if way.received.form is Form.ENCODED:
        yield replace(way, decode=unquote)
    yield _revalued(way, lambda value: value.replace("+", " "))
    yield _revalued(way, lambda value: value.replace(" ", "+"))


def still_encoded(way: Way) -> Iterator[Way]:
    """Values are signed as they travel, or as Python, PHP or JavaScript encode them."""
    yield replace(way, decode=unchanged)
    yield _revalued(way, quote_plus)
    yield _revalued(way, lambda value: quote(value, safe=""))
    yield _revalued(way, lambda value: quote(value, safe="!'()*"))


def decoded_twice(way: Way) -> Iterator[Way]:
    """What looks encoded in a value is decoded once more."""
    yield _revalued(way, unquote_plus)
    yield _revalued(way, unquote)


def other_words_for_yes(way: Way) -> Iterator[Way]:
    """true and false as Python, PHP and databases write them."""
    for yes, no in (("True", "False"), ("1", ""), ("1", "0")):
        words = {"true": yes, "false": no}
        yield _revalued(way, _replacing(words))


def _replacing(words: dict[str, str]) -> Callable[[str], str]:
    return lambda value: words.get(value, value)


def trimmed(way: Way) -> Iterator[Way]:
    """White space around values is taken off."""
    yield _revalued(way, str.strip)


def _revalued(way: Way, change: Callable[[str], str]) -> Way:
    before = way.revalue
    return replace(way, revalue=lambda value: change(before(value)))


def other_charset(way: Way) -> Iterator[Way]:
    """Values, signed text or key are in the character set of old shops."""
    for charset in ("cp1251", "latin-1"):
        if way.received.form is Form.ENCODED:
            yield replace(way, decode=_decoding(charset))
        yield _revalued(way, _misread(charset))
        yield replace(way, charset=charset)
    if not way.key.isascii():
        key = way.key.decode().encode("cp1251")
        yield replace(way, key=key)
        yield replace(way, key=key, charset="cp1251")


def _decoding(charset: str) -> Callable[[str], str]:
    return lambda value: unquote_plus(value, encoding=charset, errors="strict")


def _misread(charset: str) -> Callable[[str], str]:
    return lambda value: value.encode().decode(charset)


# ── Key and algorithm ─────────────────────────────────────────────────────────────────────────────


def key_white_space(way: Way) -> Iterator[Way]:
    """Something stands around the key that is not of it, or was cut off from it."""
    for before, after in (
        *((b"", b"\n"), (b"", b"\r\n"), (b"", b" "), (b" ", b""), (b"", b"\t"), (b" ", b" ")),
        *((b"\n", b""), (b'"', b'"'), (b"'", b"'"), (b"\xef\xbb\xbf", b"")),
    ):
        yield replace(way, key=before + way.key + after)
    yield replace(way, key=way.key.strip())
    yield replace(way, key=way.key.strip(b" \t\r\n\"'"))


def key_decoded(way: Way) -> Iterator[Way]:
    """The key's bytes are what hex or base64 make of it, in either direction."""
    text = way.key.decode()
    for decode in (bytes.fromhex, base64.b64decode, base64.urlsafe_b64decode):
        for padding in ("",) if decode is bytes.fromhex else ("", "=", "=="):
            try:
                key = decode(text + padding)
            except ValueError:
                continue
            yield replace(way, key=key)
    yield replace(way, key=way.key.hex().encode())
    yield replace(way, key=base64.b64encode(way.key))


def key_other_case(way: Way) -> Iterator[Way]:
    """The key is in upper or lower case."""
    yield replace(way, key=way.key.upper())
    yield replace(way, key=way.key.lower())


def key_empty(way: Way) -> Iterator[Way]:
    """There is no key."""
    yield replace(way, key=b"")


def no_hmac(way: Way) -> Iterator[Way]:
    """A hash of the text, alone or with the key at an end."""
    yield replace(way, make=lambda _, text, name: hashlib.new(name, text).digest())
    yield replace(way, make=lambda key, text, name: hashlib.new(name, text + key).digest())
    yield replace(way, make=lambda key, text, name: hashlib.new(name, key + text).digest())


def exchanged(way: Way) -> Iterator[Way]:
    """The text is the key and the key the text."""
    make = way.make
    yield replace(way, make=lambda key, text, name: make(text, key, name))


def other_hash(way: Way) -> Iterator[Way]:
    """Another hash function."""
    for name in ("sha1", "sha256", "sha384", "sha512", "md5"):
        if name != way.hash:
            yield replace(way, hash=name)


def in_base64(way: Way) -> Iterator[Way]:
    """The result in base64."""
    yield replace(way, write=lambda made: base64.b64encode(made).decode())
