"""Parses multipart/form-data into pairs; files in it are ignored.

No known client needs it, but HTTP libraries send it easily by mistake.
Source: rest-orders.md §1.1; RFC 7578, RFC 2046 §5.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from altyn.domain.clearing import clear, clear_unshared
from altyn.inbound.http.bodies import Pairs, Unreadable, header_parameters, read_text

BOUNDARY_LENGTH_MAX: Final = 70  # characters, RFC 2046
HEADERS_LENGTH_MAX: Final = 8_192  # bytes of one part's headers


def read_multipart(
    data: bytes, *, boundary: bytes, charset: str | None, fields_max: int
) -> tuple[Pairs, bool]:
    """The named parts that are not files, and whether bytes were lost.

    Lines end with CR LF or, throughout, with LF alone. Charsets of single parts are ignored.
    Raises Unreadable: no boundary, too many parts, a part without an end or with endless headers.
    """
    if not 0 < len(boundary) <= BOUNDARY_LENGTH_MAX:
        raise Unreadable("multipart without a boundary")
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    delimiter = newline + b"--" + boundary
    whole = newline + data
    _, *parts = whole.split(delimiter, fields_max + 2)
    clear_unshared(whole)
    try:
        return _pairs_of(parts, newline, charset, fields_max=fields_max)
    finally:
        clear(*(part for part in parts if part is not whole))


def _pairs_of(
    parts: Sequence[bytes], newline: bytes, charset: str | None, *, fields_max: int
) -> tuple[Pairs, bool]:
    pairs: Pairs = []
    anything_broken = False
    for number, part in enumerate(parts):
        if part.startswith(b"--"):
            return pairs, anything_broken
        if number == fields_max:
            raise Unreadable(f"more than {fields_max} parts")
        head, empty_line, content = part.partition(newline * 2)
        if not empty_line or len(head) > HEADERS_LENGTH_MAX:
            raise Unreadable("multipart part whose headers have no end")
        name = _field_name(head, newline)
        if name is not None:
            value, broken = read_text(content.decode, charset)
            pairs.append((name, value))
            anything_broken |= broken
    raise Unreadable("multipart without its closing boundary")


def _field_name(head: bytes, newline: bytes) -> str | None:
    """The name of the part; None for a file and for a part without a name."""
    unfolded = head.replace(newline + b" ", b" ").replace(newline + b"\t", b" ")
    for line in unfolded.split(newline):
        header, _, value = line.partition(b":")
        if header.strip().lower() == b"content-disposition":
            parameters = header_parameters(value.decode("utf-8", "replace"))
            is_file = "filename" in parameters or "filename*" in parameters
            return None if is_file else parameters.get("name")
    return None
