"""Keeps, for the request log, bodies that no table of a method describes."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from altyn.inbound.request_log.masked import masked_body
from altyn.inbound.request_log.open_call import open_call

_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode
_encode: Final = msgspec.json.Encoder().encode


def keep_json(body: bytes) -> None:
    """Keep the members of a JSON object as parameters; nothing of a body that is none."""
    call = open_call()
    if call is None or not body:
        return
    try:
        members = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    call.keep_parameters(_pairs(members))
    call.body = masked_body(body)


def keep_envelope(body: bytes, *, with_card: bool) -> None:
    """Keep the message of a SOAP request; not of one `with_card`, whose parameters are kept."""
    call = open_call()
    if call is not None and not with_card:
        call.body = masked_body(body)


def _pairs(members: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in members.items():
        yield name, value if isinstance(value, str) else _encode(value).decode()
