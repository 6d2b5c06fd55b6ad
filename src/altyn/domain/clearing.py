"""Overwrites texts and bytes that held a card, before their memory is freed.

Freed memory keeps its content until it is used again. Python has no call to overwrite a text, so
this writes into the object itself, where CPython keeps its characters. It does so only when no
other part of the program holds the object, and when a trial at the start has found the characters
in the expected place; otherwise it does nothing.
Source: docs/decisions/0021-keys-and-cards-in-clear.md.
"""

import ctypes
import sys
from collections.abc import Iterable
from typing import Final

LENGTH_MIN: Final = 8
"""Shorter texts may be shared by the whole interpreter, and hold no card number."""

_BYTES_AT: Final = bytes.__basicsize__ - 1
_ASCII_AT: Final = sys.getsizeof("") - 1
_WIDE_AT: Final = sys.getsizeof("\xe9\xe8") - 3
_ONE_BYTE_MAX: Final = 0xFF
_TWO_BYTES_MAX: Final = 0xFFFF
_TRIAL: Final = "clear me"


def clear(*values: bytes | str) -> None:
    """Overwrite values of which the caller holds the only reference.

    The caller must know that: a value that something else still reads becomes zeros there too.
    """
    for value in values:
        plain = type(value) in {bytes, str}  # a subclass has its characters in another place
        if _LAYOUT_IS_KNOWN and plain and len(value) >= LENGTH_MIN:
            at, size = _place(value)
            ctypes.memset(id(value) + at, 0, size)


def clear_unshared(value: bytes | str) -> None:
    """Overwrite a value if the caller's variable is the only reference to it."""
    if sys.getrefcount(value) <= _UNSHARED:
        clear(value)


def forget_frames(error: BaseException) -> None:
    """Let go of the frames of an error: their variables refer to what `clear_unshared` clears."""
    failed: BaseException | None = error
    while failed is not None:
        failed.__traceback__ = None
        failed = failed.__context__


def drop_values(values: dict[str, tuple[str, ...]], names: Iterable[str]) -> None:
    """Put an empty text in place of the values of these names, and overwrite them."""
    for name in values.keys() & set(names):
        dropped = list(values[name])
        values[name] = ("",)
        while dropped:
            text = dropped.pop()
            clear_unshared(text)


def _place(value: bytes | str) -> tuple[int, int]:
    """Where the characters are in the object, and how many bytes they take."""
    if isinstance(value, bytes):
        return _BYTES_AT, len(value)
    if value.isascii():
        return _ASCII_AT, len(value)
    return _WIDE_AT, len(value) * _width(value)


def _width(value: str) -> int:
    """The bytes of each character of a text that is not ASCII.

    The size of the object tells it at once for one or two bytes. An object that holds its UTF-8
    text too is larger, and may have the size of one with four bytes: then its largest character
    tells it.
    """
    size = sys.getsizeof(value) - _WIDE_AT
    for width in (1, 2):
        if size == (len(value) + 1) * width:
            return width
    last = ord(max(value))
    return 1 if last <= _ONE_BYTE_MAX else 2 if last <= _TWO_BYTES_MAX else 4


def _references(value: bytes | str) -> int:
    return sys.getrefcount(value)


def _references_of_one_variable() -> int:
    """What `clear_unshared` counts for a value that one variable of its caller holds."""
    text = "".join(_TRIAL)
    return _references(text)


def _layout_is_known() -> bool:
    """Whether trial values have their characters where CPython keeps them."""
    if sys.implementation.name != "cpython":
        return False
    order = "-le" if sys.byteorder == "little" else "-be"
    for last, encoding in (
        ("c", "latin-1"),
        ("\xe9", "latin-1"),
        ("\u0416", f"utf-16{order}"),
        ("\U0001f600", f"utf-32{order}"),
    ):
        text = f"{_TRIAL}{last}"
        content = text.encode(encoding)
        for value in (text, content):
            at, size = _place(value)
            if size != len(content) or ctypes.string_at(id(value) + at, size) != content:
                return False
    return True


_UNSHARED: Final = _references_of_one_variable()
_LAYOUT_IS_KNOWN: Final = _layout_is_known()
