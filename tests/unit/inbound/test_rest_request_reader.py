"""One flat set of fields from the query and every kind of body, also from broken ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.inbound.http.request_reader import (
    BodyTooLarge,
    BodyTooSlow,
    Disconnected,
    Limits,
    read_fields,
)
from tests.unit.inbound.rest_requests import (
    FORM,
    FORM_1251,
    JSON,
    MULTIPART,
    firsts,
    multipart,
    named,
    part,
    read,
    receive_from,
)

# Where the fields may be.


async def test_everything_may_be_in_the_query_of_a_post() -> None:
    fields = await read(query=b"userName=shop&amount=100")
    assert firsts(fields) == {"userName": "shop", "amount": "100"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a=body&c=3", FORM),
        (b"a=body&c=3", None),
        (b"a=body&c=3", b"text/xml; charset=utf-8"),
        (b"a=body&c=3", b"\xff;;=;charset"),
        (b'{"a":"body","c":3}', JSON),
        (b'{"a":"body","c":3}', b"Application/JSON;charset=UTF-8"),
        (b'{"a":"body","c":3}', b"application/vnd.api+json"),
        (b'{"a":"body","c":3}', FORM),
        (b' \n{"a":"body","c":3}', None),
        (b'\xef\xbb\xbf{"a":"body","c":3}', JSON),
        (multipart(named("a", "body"), named("c", "3")), MULTIPART),
        (multipart(named("a", "body"), named("c", "3")), b'Multipart/Form-Data; Boundary="seam"'),
        (multipart(named("a", "body"), named("c", "3"), newline="\n"), MULTIPART),
    ],
)
async def test_query_and_body_are_merged_query_first(
    body: bytes, content_type: bytes | None
) -> None:
    fields = await read(body, content_type, query=b"a=query&b=2")
    assert firsts(fields) == {"a": "query", "b": "2", "c": "3"}
    assert fields.get_all("a") == ("query", "body")
    assert fields.malformed_body is None
    assert not fields.broken_encoding


async def test_a_name_not_sent_has_no_value() -> None:
    fields = await read(b"a=")
    assert (fields.get("a"), fields.get("b"), fields.get_all("b")) == ("", None, ())
    assert ("a" in fields, "b" in fields, len(fields)) == (True, False, 1)


NAMES = st.text("ab", min_size=1, max_size=2)
SENT = st.lists(st.tuples(NAMES, st.text(st.characters(codec="utf-8", exclude_characters="\0"))))


@given(query=SENT, body=SENT)
async def test_get_is_the_first_value_sent(
    query: list[tuple[str, str]], body: list[tuple[str, str]]
) -> None:
    fields = await read(urlencode(body).encode(), query=urlencode(query).encode())
    for name in {name for name, _ in query + body}:
        values = tuple(value for sent, value in query + body if sent == name)
        assert (fields.get_all(name), fields.get(name)) == (values, values[0])


# Text that is not what it should be.


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("a=Заказ".encode("cp1251"), FORM_1251),
        (b"a=%C7%E0%EA%E0%E7", FORM_1251),
        (b"a=%C7%E0%EA%E0%E7", b'text/plain; x="a;b" ; Charset = "Windows-1251"'),
        ('{"a":"Заказ"}'.encode("koi8-r"), b"application/json; charset=koi8-r"),
        (multipart(named("a", "Заказ")).decode().encode("cp1251"), MULTIPART + b"; charset=cp1251"),
        ("a=Заказ".encode(), FORM_1251),
        ("a=Заказ".encode(), b"text/plain; charset=utf-16"),
    ],
)
async def test_utf_8_is_tried_first_then_the_declared_charset(
    body: bytes, content_type: bytes
) -> None:
    fields = await read(body, content_type)
    assert (fields.get("a"), fields.broken_encoding) == ("Заказ", False)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a=x%FFy", FORM),
        (b"a=x\xffy", b"text/plain; charset=utf-8"),
        (b"a=x%98y", FORM_1251),  # the one byte that windows-1251 leaves empty
        (b"a=x%FFy", b"text/plain; charset=idna"),
        (b'{"a":"x\xffy"}', JSON),
        (multipart(named("a", "x\x7fy")).replace(b"\x7f", b"\xff"), MULTIPART),
    ],
)
async def test_bytes_of_no_charset_are_replaced_and_marked(
    body: bytes, content_type: bytes
) -> None:
    fields = await read(body, content_type, query=b"b=1")
    assert (fields.get("a"), fields.get("b"), fields.broken_encoding) == ("x\ufffdy", "1", True)


async def test_a_broken_query_is_marked_too() -> None:
    assert (await read(query=b"a=%FF")).broken_encoding


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a=x%00y&b=1", FORM),
        (b"a=x\0y&b=1", FORM),
        (b'{"a":"x\\u0000y","b":1}', JSON),
        (b'{"a":"x\\ud800y","b":1}', JSON),
        (b'{"a":"x\\uDC00y","b":"1"}', JSON),
        (multipart(named("a", "x\0y"), named("b", "1")), MULTIPART),
    ],
)
async def test_text_that_postgresql_cannot_keep_is_marked(body: bytes, content_type: bytes) -> None:
    fields = await read(body, content_type)
    assert firsts(fields) == {"a": "x\ufffdy", "b": "1"}
    assert fields.malformed == {"a"}
    assert fields.malformed_body is None


@pytest.mark.parametrize("escape", [r"\u0000", r"\ud800", r"\\\u0000", r"\ud800\ud800"])
async def test_nested_text_that_postgresql_cannot_keep_is_marked(escape: str) -> None:
    fields = await read(f'{{"jsonParams":{{"a":"{escape}"}}}}'.encode(), JSON)
    assert fields.malformed == {"jsonParams"}
    assert "\ufffd" in json.loads(fields.get("jsonParams") or "")["a"]


async def test_a_backslash_before_such_text_is_not_an_escape() -> None:
    fields = await read(
        rb'{"a":"\\ud800","b":"\ud800","c":{"d":"\\u0000"},"e":["\u0000",[]]}', JSON
    )
    assert (fields.get("a"), fields.get("c")) == (r"\ud800", r'{"d":"\\u0000"}')
    assert fields.malformed == {"b", "e"}


async def test_a_name_that_postgresql_cannot_keep_is_marked() -> None:
    assert (await read(b"a%00=1")).malformed == {"a\ufffd"}


# Limits.


@pytest.mark.parametrize("length", [b"101", b"9" * 5000])
async def test_a_declared_length_above_the_limit_is_refused_unread(length: bytes) -> None:
    scope = {"query_string": b"", "headers": [(b"content-length", length)]}
    with pytest.raises(BodyTooLarge):
        await read_fields(scope, receive_from(), Limits(body_bytes=100))


async def test_a_streamed_body_is_refused_as_soon_as_it_is_above_the_limit() -> None:
    receive = receive_from(part(b"x" * 60, more=True), part(b"x" * 41, more=True))
    with pytest.raises(BodyTooLarge):
        await read_fields({"query_string": b"", "headers": []}, receive, Limits(body_bytes=100))


@pytest.mark.parametrize("length", [b"100", b"-1", b"many", b""])
async def test_a_body_may_come_in_pieces_up_to_the_limit(length: bytes) -> None:
    receive = receive_from(part(b"a=" + b"x" * 48, more=True), part(b"y" * 50))
    scope = {"query_string": b"", "headers": [(b"content-length", length)]}
    fields = await read_fields(scope, receive, Limits(body_bytes=100))
    assert fields.get("a") == "x" * 48 + "y" * 50


async def test_closed_connection_of_the_client_is_reported() -> None:
    receive = receive_from(part(b"a=1", more=True), {"type": "http.disconnect"})
    with pytest.raises(Disconnected):
        await read_fields({"query_string": b"", "headers": []}, receive)


async def test_missing_body_ends_with_a_timeout() -> None:
    async def receive() -> Mapping[str, Any]:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    with pytest.raises(BodyTooSlow):
        await read_fields({"query_string": b"", "headers": []}, receive, Limits(body_seconds=0.0))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a=1&a=2&b=3", FORM),
        (b'{"a":[1,2],"b":3}', JSON),
        (multipart(*[named("a", "1")] * 3), MULTIPART),
    ],
)
async def test_fields_are_counted_over_query_and_body(body: bytes, content_type: bytes) -> None:
    within = await read(body, content_type, b"q=1", limits=Limits(fields=4))
    assert (within.malformed_body, sum(len(within.get_all(name)) for name in within)) == (None, 4)
    above = await read(body, content_type, b"q=1", limits=Limits(fields=3))
    assert "more than 2" in (above.malformed_body or "")
    assert firsts(above) == {"q": "1"}


async def test_a_query_with_too_many_fields_leaves_the_body() -> None:
    fields = await read(b"a=1", query=b"b&c&d&e", limits=Limits(fields=3))
    assert firsts(fields) == {"a": "1"}
    assert fields.malformed_body == "query string: more than 3 fields"


async def test_a_compressed_body_is_not_read() -> None:
    fields = await read(b"a=1", query=b"b=2", headers=((b"content-encoding", b"gzip"),))
    assert (firsts(fields), fields.malformed_body) == ({"b": "2"}, "compressed bodies are not read")
    identity = await read(b"a=1", headers=((b"content-encoding", b"identity"),))
    assert firsts(identity) == {"a": "1"}


# Nothing else may happen.

PIECES = st.sampled_from(
    rb"""{ } [ ] " \ \u d83d \ude00 0000 , : a 1 e5 null {"a":" ; = & % + %00 name= filename
    --seam -- Content-Disposition: form-data""".split()
) | st.sampled_from([b"\r\n", b"\n", b"\0", b"\xff", b"\xd0"])
BODIES = st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=200)
TYPES = st.sampled_from([FORM, FORM_1251, JSON, MULTIPART, b"text/xml", None]) | st.binary(
    max_size=40
)


@given(body=BODIES, content_type=TYPES, query=BODIES, header=st.binary(max_size=20))
async def test_no_input_raises(
    body: bytes, content_type: bytes | None, query: bytes, header: bytes
) -> None:
    fields = await read(body, content_type, query, headers=((b"content-length", header),))
    everything = "".join(name + "".join(fields.get_all(name)) for name in fields)
    assert "\0" not in everything
    everything.encode()  # no half of a surrogate pair has come through
    assert fields.malformed <= set(fields)


@given(st.text(st.sampled_from('\\u"d8c0019abx'), max_size=30))
async def test_no_json_text_raises(text: str) -> None:
    fields = await read(f'{{"a":"{text}","b":{{"c":["{text}"]}}}}'.encode(), JSON)
    try:
        json.loads(f'"{text}"')
    except json.JSONDecodeError:
        return
    assert fields.malformed_body is None
    assert ("a" in fields.malformed) == ("b" in fields.malformed)


async def test_repr_of_fields_hides_their_values() -> None:
    fields = await read(b"password=secret&%00cvc=123")
    assert repr(fields) == "Fields(malformed_body=None, broken_encoding=False)"
