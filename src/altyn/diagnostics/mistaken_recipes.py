"""Recipes with a mistake: each function yields every recipe that one mistake can give.

The table of mistakes is in `checksum_mistakes.py`. Each function changes the recipe that it gets,
so that two mistakes can be combined. It raises ValueError when the mistake is not possible with
this callback. Source: callbacks.md §6.4.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from altyn.diagnostics.checksum_recipe import Recipe, unchanged
from altyn.diagnostics.received_callback import NESTED, Form, Pair
from altyn.domain.callback import CallbackOperation
from altyn.protocol.dialects.classic.callbacks.parameters import (
    BINDING,
    BINDING_OPTIONAL,
    CORE,
    OPTIONAL,
)

_NAMES: Final = tuple(
    row.name for rows in (CORE, OPTIONAL, BINDING, BINDING_OPTIONAL) for row in rows
)
KNOWN: Final = frozenset(_NAMES)
"""All parameter names in the reference."""

_CORE_NAMES: Final = frozenset(row.name for row in CORE)
_OPERATIONS: Final = {str(each).lower(): str(each) for each in CallbackOperation}
_CORRECT_CASE: Final = {name.lower(): name for name in reversed(_NAMES)}


# ── Which parameters ──────────────────────────────────────────────────────────────────────────────


def own_left_in(recipe: Recipe) -> Iterator[Recipe]:
    """The query of the shop's own address is signed too."""
    if recipe.own_pairs:
        yield replace(recipe, own_pairs=0)


def with_checksum(recipe: Recipe) -> Iterator[Recipe]:
    """`checksum` is signed too."""
    yield replace(recipe, left_out=recipe.left_out - {"checksum"})


def with_alias(recipe: Recipe) -> Iterator[Recipe]:
    """`sign_alias` is signed too."""
    yield replace(recipe, left_out=recipe.left_out - {"sign_alias"})


def core_only(recipe: Recipe) -> Iterator[Recipe]:
    """Only the four parameters that are always sent are signed."""
    yield replace(recipe, keep=lambda pair: recipe.keep(pair) and pair.name in _CORE_NAMES)


def nested_otherwise(recipe: Recipe) -> Iterator[Recipe]:
    """`additionalParams` is left out, or signed as one value, with or without spaces."""
    if any(pair.nested for pair in recipe.received.pairs):
        yield replace(recipe, keep=lambda pair: recipe.keep(pair) and not pair.nested)
        members = json.loads(recipe.received.text)[NESTED]
        flat = tuple(pair for pair in recipe.received.pairs if not pair.nested)
        for separators in ((",", ":"), (", ", ": ")):
            whole = Pair(NESTED, json.dumps(members, ensure_ascii=False, separators=separators))
            yield replace(recipe, received=replace(recipe.received, pairs=(*flat, whole)))


def without_empty(recipe: Recipe) -> Iterator[Recipe]:
    """Empty values are left out."""
    yield replace(recipe, keep=lambda pair: recipe.keep(pair) and pair.value != "")


def first_of_equal(recipe: Recipe) -> Iterator[Recipe]:
    """Of two parameters with the same name, the first one is signed."""
    yield replace(recipe, first_wins=True)
    yield replace(recipe, first_wins=True, own_pairs=0)


def without_unknown(recipe: Recipe) -> Iterator[Recipe]:
    """Names that are not in the reference are left out."""
    yield replace(recipe, keep=lambda pair: recipe.keep(pair) and pair.name in KNOWN)


def without_one(recipe: Recipe) -> Iterator[Recipe]:
    """One parameter is left out; one recipe for each."""
    for name in recipe.received.parameters:
        yield replace(recipe, left_out=recipe.left_out | {name})


def result_changed(recipe: Recipe) -> Iterator[Recipe]:
    """`status` or `operation` was changed after the signing, as in a forged callback."""
    for name, values in (("status", ("1", "0")), ("operation", tuple(CallbackOperation))):
        for value in values:
            pairs = tuple(
                replace(pair, value=str(value)) if pair.name == name else pair
                for pair in recipe.received.pairs
            )
            yield replace(recipe, received=replace(recipe.received, pairs=pairs))


def _as_the_gateway_spells(operation: str) -> str:
    return _OPERATIONS.get(operation.lower(), operation)


def operation_lower_cased(recipe: Recipe) -> Iterator[Recipe]:
    """The value of `operation` is changed to lower case, or back to the spelling of the gateway."""
    for change in (str.lower, _as_the_gateway_spells):
        pairs = tuple(
            replace(pair, value=change(pair.value)) if pair.name == "operation" else pair
            for pair in recipe.received.pairs
        )
        if pairs != recipe.received.pairs:
            yield replace(recipe, received=replace(recipe.received, pairs=pairs))


# ── Names and their order ─────────────────────────────────────────────────────────────────────────


def unsorted(recipe: Recipe) -> Iterator[Recipe]:
    """The names keep the order in which they were received."""
    yield replace(recipe, sort=None)


def ignoring_case(recipe: Recipe) -> Iterator[Recipe]:
    """Names are sorted without regard to case; equal names as received, or lower case first."""
    yield replace(recipe, sort=str.lower)
    yield replace(recipe, sort=lambda name: (name.lower(), name.swapcase()))


def lower_names(recipe: Recipe) -> Iterator[Recipe]:
    """Names are changed to lower case, or from lower case back to the correct case."""
    yield replace(recipe, change_name=str.lower)
    yield replace(recipe, change_name=lambda name: _CORRECT_CASE.get(name.lower(), name))


# ── The text ──────────────────────────────────────────────────────────────────────────────────────


def no_last_semicolon(recipe: Recipe) -> Iterator[Recipe]:
    """The semicolon after the last value is missing."""
    yield replace(recipe, ends_with_separator=False)


def other_separators(recipe: Recipe) -> Iterator[Recipe]:
    """Other separators are used; for each, with and without a separator at the end."""
    for inner, separator, ends_with_separator in (
        ("=", "&", False),
        *((":", ":", True), (":", ";", True), ("=", ";", True), (",", ",", True)),
        *(("=", "", False), ("", "", False), ("=", "&", True), (";", "", False)),
    ):
        spell = _spelling(inner)
        yield replace(
            recipe, join_pair=spell, separator=separator, ends_with_separator=ends_with_separator
        )
        yield replace(
            recipe,
            join_pair=spell,
            separator=separator,
            ends_with_separator=not ends_with_separator,
        )


def _spelling(inner: str) -> Callable[[str, str], str]:
    return lambda name, value: f"{name}{inner}{value}"


def values_only(recipe: Recipe) -> Iterator[Recipe]:
    """The names are left out."""
    for separator in (";", ""):
        yield replace(recipe, join_pair=lambda _, value: value, separator=separator)


# ── Values ────────────────────────────────────────────────────────────────────────────────────────


def plus_and_space(recipe: Recipe) -> Iterator[Recipe]:
    """A `+` is not decoded; or a `+` becomes a space, or a space becomes a `+`."""
    if recipe.received.form is Form.ENCODED:
        yield replace(recipe, decode=unquote)
    yield _with_value(recipe, lambda value: value.replace("+", " "))
    yield _with_value(recipe, lambda value: value.replace(" ", "+"))


def still_encoded(recipe: Recipe) -> Iterator[Recipe]:
    """Values are signed as they were sent, or as Python, PHP or JavaScript encode them."""
    yield replace(recipe, decode=unchanged)
    yield _with_value(recipe, quote_plus)
    yield _with_value(recipe, lambda value: quote(value, safe=""))
    yield _with_value(recipe, lambda value: quote(value, safe="!'()*"))


def decoded_twice(recipe: Recipe) -> Iterator[Recipe]:
    """Values are decoded a second time."""
    yield _with_value(recipe, unquote_plus)
    yield _with_value(recipe, unquote)


def other_words_for_yes(recipe: Recipe) -> Iterator[Recipe]:
    """true and false are written as Python, PHP and databases write them."""
    for yes, no in (("True", "False"), ("1", ""), ("1", "0")):
        words = {"true": yes, "false": no}
        yield _with_value(recipe, _replacing(words))


def _replacing(words: dict[str, str]) -> Callable[[str], str]:
    return lambda value: words.get(value, value)


def trimmed(recipe: Recipe) -> Iterator[Recipe]:
    """White space around values is removed."""
    yield _with_value(recipe, str.strip)


def _with_value(recipe: Recipe, change: Callable[[str], str]) -> Recipe:
    earlier = recipe.change_value
    return replace(recipe, change_value=lambda value: change(earlier(value)))


def other_charset(recipe: Recipe) -> Iterator[Recipe]:
    """The values, the signed text or the key are in a character set that older shops use."""
    for charset in ("cp1251", "latin-1"):
        if recipe.received.form is Form.ENCODED:
            yield replace(recipe, decode=_decoding(charset))
        yield _with_value(recipe, _misread(charset))
        yield replace(recipe, charset=charset)
    if not recipe.key.isascii():
        key = recipe.key.decode().encode("cp1251")
        yield replace(recipe, key=key)
        yield replace(recipe, key=key, charset="cp1251")


def _decoding(charset: str) -> Callable[[str], str]:
    return lambda value: unquote_plus(value, encoding=charset, errors="strict")


def _misread(charset: str) -> Callable[[str], str]:
    return lambda value: value.encode().decode(charset)


# ── Key and algorithm ─────────────────────────────────────────────────────────────────────────────


def key_white_space(recipe: Recipe) -> Iterator[Recipe]:
    """The key has extra characters around it, or some were removed from it."""
    for before, after in (
        *((b"", b"\n"), (b"", b"\r\n"), (b"", b" "), (b" ", b""), (b"", b"\t"), (b" ", b" ")),
        *((b"\n", b""), (b'"', b'"'), (b"'", b"'"), (b"\xef\xbb\xbf", b"")),
    ):
        yield replace(recipe, key=before + recipe.key + after)
    yield replace(recipe, key=recipe.key.strip())
    yield replace(recipe, key=recipe.key.strip(b" \t\r\n\"'"))


def key_decoded(recipe: Recipe) -> Iterator[Recipe]:
    """The key is decoded from hex or base64, or encoded."""
    text = recipe.key.decode()
    for decode in (bytes.fromhex, base64.b64decode, base64.urlsafe_b64decode):
        for padding in ("",) if decode is bytes.fromhex else ("", "=", "=="):
            try:
                key = decode(text + padding)
            except ValueError:
                continue
            yield replace(recipe, key=key)
    yield replace(recipe, key=recipe.key.hex().encode())
    yield replace(recipe, key=base64.b64encode(recipe.key))


def key_other_case(recipe: Recipe) -> Iterator[Recipe]:
    """The key is in upper or lower case."""
    yield replace(recipe, key=recipe.key.upper())
    yield replace(recipe, key=recipe.key.lower())


def key_empty(recipe: Recipe) -> Iterator[Recipe]:
    """The key is empty."""
    yield replace(recipe, key=b"")


def no_hmac(recipe: Recipe) -> Iterator[Recipe]:
    """A plain hash is used: of the text alone, or with the key before or after it."""
    yield replace(recipe, digest=lambda _, text, name: hashlib.new(name, text).digest())
    yield replace(recipe, digest=lambda key, text, name: hashlib.new(name, text + key).digest())
    yield replace(recipe, digest=lambda key, text, name: hashlib.new(name, key + text).digest())


def exchanged(recipe: Recipe) -> Iterator[Recipe]:
    """The key and the text are exchanged."""
    digest = recipe.digest
    yield replace(recipe, digest=lambda key, text, name: digest(text, key, name))


def other_hash(recipe: Recipe) -> Iterator[Recipe]:
    """Another hash function is used."""
    for name in ("sha1", "sha256", "sha384", "sha512", "md5"):
        if name != recipe.hash:
            yield replace(recipe, hash=name)


def in_base64(recipe: Recipe) -> Iterator[Recipe]:
    """The result is written in base64."""
    yield replace(recipe, encode=lambda digest: base64.b64encode(digest).decode())
