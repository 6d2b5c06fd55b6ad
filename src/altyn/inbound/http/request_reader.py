"""Reads the parameters of a request from its ASGI scope into one flat set of fields.

Shops send the same request as GET, form, JSON or multipart, with right and wrong Content-Types. All
of them become `Fields`, within limits; no input makes it fail.
Source: rest-orders.md §1.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from altyn import request_body
from altyn.domain.clearing import clear, clear_unshared
from altyn.inbound.http.bodies import Pairs, Unreadable, header_parameters
from altyn.inbound.http.fields import Fields
from altyn.inbound.http.forms import read_form
from altyn.inbound.http.json_bodies import read_json
from altyn.inbound.http.multipart import read_multipart
from altyn.protocol.dialect import EVERY_BODY_KIND, BodyKind
from altyn.request_body import BodyTooLarge, BodyTooSlow, Disconnected, Receive, TooManyBodies

__all__ = ["BodyTooLarge", "BodyTooSlow", "Disconnected", "TooManyBodies"]

Scope = Mapping[str, Any]

_CONTENT_TYPES_REMEMBERED: Final = 64
_BEGINS_JSON: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may hold.

    `body_bytes` and `body_seconds` of the body (None: the time of every endpoint), `fields` of
    query and body together (empty ones and files included), `depth` in levels of
    JSON, the outermost object being the first.
    """

    body_bytes: int = 1_048_576
    body_seconds: float | None = None
    fields: int = 1_000
    depth: int = 20


DEFAULT_LIMITS: Final = Limits()


class BodyKindRefused(Exception):  # noqa: N818 — named for what happened
    """The dialect does not read a body of this kind; HTTP 415."""


async def read_fields(
    scope: Scope,
    receive: Receive,
    limits: Limits = DEFAULT_LIMITS,
    kinds: frozenset[BodyKind] = EVERY_BODY_KIND,
) -> Fields:
    """The fields of the query string and of the body, whatever the HTTP method and Content-Type.

    A query string is ignored where `kinds` lacks it.
    Raises BodyTooLarge, BodyTooSlow, TooManyBodies, BodyKindRefused, Disconnected and nothing else:
    the fields themselves say what could not be read.
    """
    headers = content_headers(scope)
    body = await read_body(headers, receive, limits)
    query = scope["query_string"] if BodyKind.QUERY in kinds else b""
    try:
        if body and _kind_of(body, headers) not in kinds:
            raise BodyKindRefused
        return _merge(query, body, headers, limits)
    finally:
        clear_unshared(body)


def _kind_of(body: bytes, headers: Mapping[bytes, bytes]) -> BodyKind:
    """The kind of a body: as declared, but a JSON object is JSON even when declared as a form."""
    kind = ContentType.of(headers.get(b"content-type", b"")).kind
    if kind == "multipart/form-data":
        return BodyKind.MULTIPART
    if kind == "application/json" or _BEGINS_JSON.match(body):
        return BodyKind.JSON
    return BodyKind.FORM


def content_headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers that describe the body; of several with one name the last counts."""
    return {name: value for name, value in scope["headers"] if name.startswith(b"content-")}


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, limits: Limits) -> bytes:
    """The whole body. Raises BodyTooLarge, BodyTooSlow, TooManyBodies and Disconnected."""
    return await request_body.read_body(
        headers.get(b"content-length", b""),
        receive,
        bytes_max=limits.body_bytes,
        seconds_max=limits.body_seconds,
    )


def _merge(query: bytes, body: bytes, headers: Mapping[bytes, bytes], limits: Limits) -> Fields:
    """The query's fields, then the body's, as a servlet orders them.

    If one of the two cannot be read, the fields say so and hold the other.
    """
    content_type = ContentType.of(headers.get(b"content-type", b""))
    pairs: Pairs = []
    reasons: list[str] = []
    broken_query = broken_body = False
    if query:
        try:
            pairs, broken_query = read_form(
                query, charset=content_type.charset, fields_max=limits.fields
            )
        except Unreadable as finding:
            reasons.append(f"query string: {finding}")
    in_address = frozenset(name for name, value in pairs if value)
    if body:
        try:
            refuse_compressed(headers.get(b"content-encoding", b""))
            content = body.removeprefix(_BYTE_ORDER_MARK)
            try:
                body_pairs, broken_body = _read_by_type(
                    content,
                    content_type,
                    fields_max=limits.fields - len(pairs),
                    depth_max=limits.depth,
                )
            finally:
                if content is not body:
                    clear(content)  # of its own
            pairs += body_pairs
        except Unreadable as finding:
            reasons.append(str(finding))
    return Fields.of(
        pairs,
        malformed_body="; ".join(reasons) or None,
        broken_encoding=broken_query or broken_body,
        in_address=in_address,
    )


@dataclass(frozen=True, slots=True)
class ContentType:
    """The declared type of a body: its media type in lower case, and its parameters."""

    kind: str
    charset: str | None = None
    boundary: bytes = b""

    @classmethod
    @lru_cache(maxsize=_CONTENT_TYPES_REMEMBERED)  # clients send few different ones
    def of(cls, header: bytes) -> ContentType:
        kind, semicolon, rest = header.decode("latin-1").partition(";")
        kind = kind.strip().lower()
        if not semicolon:
            return cls(kind)
        parameters = header_parameters(semicolon + rest)
        boundary = parameters.get("boundary", "").encode("latin-1")
        return cls(kind, parameters.get("charset"), boundary)


def refuse_compressed(content_encoding: bytes) -> None:
    """Raises Unreadable for a compressed body: no known client sends one."""
    if content_encoding.strip().lower() not in {b"", b"identity"}:
        raise Unreadable("compressed bodies are not read")


def _read_by_type(
    body: bytes, content_type: ContentType, *, fields_max: int, depth_max: int
) -> tuple[Pairs, bool]:
    """Declared JSON is JSON, declared multipart is multipart, the rest is a JSON object or a form.

    Raises Unreadable.
    """
    charset = content_type.charset
    if content_type.kind == "multipart/form-data":
        return read_multipart(
            body, boundary=content_type.boundary, charset=charset, fields_max=fields_max
        )
    is_json = content_type.kind == "application/json"
    if is_json or _BEGINS_JSON.match(body):
        try:
            return read_json(body, charset=charset, fields_max=fields_max, depth_max=depth_max)
        except Unreadable:
            if is_json:
                raise
    return read_form(body, charset=charset, fields_max=fields_max)
