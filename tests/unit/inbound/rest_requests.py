"""Requests to the REST endpoint as HTTP libraries of shops send them, byte by byte."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from altyn.inbound.http.fields import Fields
from altyn.inbound.http.request_reader import Limits, read_fields

FORM = b"application/x-www-form-urlencoded"
FORM_1251 = b"application/x-www-form-urlencoded; charset=windows-1251"
JSON = b"application/json"
MULTIPART = b"multipart/form-data; boundary=seam"


def receive_from(*messages: Mapping[str, Any]) -> Callable[[], Awaitable[Mapping[str, Any]]]:
    waiting = iter(messages)

    async def receive() -> Mapping[str, Any]:
        await asyncio.sleep(0)
        return next(waiting)

    return receive


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def read(
    body: bytes = b"",
    content_type: bytes | None = FORM,
    query: bytes = b"",
    *,
    limits: Limits | None = None,
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> Fields:
    typed = () if content_type is None else ((b"content-type", content_type),)
    scope = {"type": "http", "query_string": query, "headers": [*typed, *headers]}
    return await read_fields(scope, receive_from(part(body)), limits or Limits())


def multipart(*parts: str, newline: str = "\r\n") -> bytes:
    """Parts are written with LF; `newline` is put in its place."""
    text = "".join(f"--seam\n{part}\n" for part in parts) + "--seam--\n"
    return text.replace("\n", newline).encode()


def named(name: str, value: str) -> str:
    return f'Content-Disposition: form-data; name="{name}"\n\n{value}'


def firsts(fields: Fields) -> dict[str, str | None]:
    return {name: fields.get(name) for name in fields}
