"""Rewrites heads of requests that the parser cannot read: addresses that are not ASCII, and offers
of another protocol.

Shops and developers send addresses with Cyrillic letters as they are; the parser refuses them.
Source: rest-orders.md §1.1.
"""

import re
from collections.abc import Iterable
from typing import Final

_FIRST_LINE: Final = re.compile(rb"[\r\n]*[^\n]*")
_OFFER: Final = frozenset({b"upgrade", b"http2-settings"})
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")


def encode_request_line(data: bytes) -> bytes:
    """The first bytes of a request, or a further part of its first line, with that line in ASCII.

    The bytes of a character become its escapes: UTF-8 stays UTF-8, another charset stays that.
    """
    line = _FIRST_LINE.match(data)
    assert line is not None, "the pattern matches every text"
    if line[0].isascii():
        return data
    encoded = _NOT_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], line[0])
    return b"".join((encoded, memoryview(data)[line.end() :]))


def head_without_upgrade(
    method: bytes, target: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> bytes:
    """The head of a request in HTTP/1.1, without the offer to go on in another protocol."""
    lines = [b"%s %s HTTP/1.1" % (method, target)]
    for name, value in headers:
        if name == b"connection":
            tokens = (token.strip() for token in value.split(b","))
            kept = b", ".join(each for each in tokens if each.lower() not in _OFFER)
            lines += [b"connection: " + kept] if kept else []
        elif name not in _OFFER:
            lines.append(name + b": " + value)
    return b"\r\n".join([*lines, b"", b""])
