"""Forms, JSON, multipart: each kind of body gives the same flat fields or an error with reason."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.inbound.http.forms import parse_form
from tests.unit.inbound.rest_requests import FORM, JSON, MULTIPART, firsts, multipart, named, read

# Forms: the standard library is the judge.

WORDS = (
    "a",
    "b",
    "=",
    "&",
    "+",
    "%",
    ";",
    "%26",
    "%3D",
    "%2B",
    "%25",
    "%D0%9F",
    "%d0",
    "%9",
    "%zz",
)
FORM_BYTES = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from([*WORDS, "%00", "заказ", "\xff"]), max_size=30).map(
        lambda words: "".join(words).encode()
    ),
    st.lists(st.tuples(st.text(), st.text())).map(lambda pairs: urlencode(pairs).encode()),
)


@given(st.one_of(FORM_BYTES, FORM_BYTES.map(lambda data: data.replace(b"&", b"%26") * 40)))
def test_a_form_is_read_as_the_standard_library_reads_it(data: bytes) -> None:
    # Given text, parse_qsl decodes raw and escaped bytes separately; so raw ones are escaped first.
    escaped = "".join(chr(byte) if byte < 128 else f"%{byte:02x}" for byte in data)
    assert parse_form(data) == parse_qsl(
        escaped, keep_blank_values=True, encoding="utf-8", errors="replace"
    )


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.text())))
def test_what_a_shop_encodes_is_what_we_read(pairs: list[tuple[str, str]]) -> None:
    encodable = [(name, value.encode(errors="ignore").decode()) for name, value in pairs]
    assert parse_form(urlencode(encodable).encode()) == encodable


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"a=1&b=2", {"a": "1", "b": "2"}),
        (b"description=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7+1", {"description": "Заказ 1"}),
        ("description=Заказ".encode(), {"description": "Заказ"}),
        (b"a=1;b=2", {"a": "1;b=2"}),
        (b"a=%zz%4&b=100%", {"a": "%zz%4", "b": "100%"}),
        (b"a=1%2B1&b=%2541", {"a": "1+1", "b": "%41"}),
        (b"a&b=&=c&&", {"a": "", "b": "", "": "c"}),
        (b"a=b=c", {"a": "b=c"}),
        (b"orderid=1&orderId=2", {"orderid": "1", "orderId": "2"}),
        (b"\xef\xbb\xbfuserName=shop", {"userName": "shop"}),
    ],
)
async def test_forms(body: bytes, expected: dict[str, str]) -> None:
    assert firsts(await read(body)) == expected


# JSON.


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"text"', ("text",)),
        ('"\\u0417\\ud83d\\ude00"', ("З😀",)),
        ('""', ("",)),
        ("100", ("100",)),
        ("1e5", ("1e5",)),
        ("-0.10", ("-0.10",)),
        ("1E400", ("1E400",)),
        ("123456789012345678901234567890", ("123456789012345678901234567890",)),
        ("9" * 5000, ("9" * 5000,)),
        ("true", ("true",)),
        ("false", ("false",)),
        ("null", ()),
        ('["A", "B"]', ("A", "B")),
        ('[1.50, true, null, "x"]', ("1.50", "true", "x")),
        ("[]", ()),
        ("{}", ("{}",)),
        ('{ "b": [1.0, 2e1], "a": "x  y" }', ('{"b":[1.0,2e1],"a":"x  y"}',)),
        ('[ {"n": 1}, 2 ]', ('[{"n":1},2]',)),
        ("[ [1], [] ]", ("[[1],[]]",)),
        (r'{"path": "C:\\u0000"}', (r'{"path":"C:\\u0000"}',)),
    ],
)
async def test_json_members(value: str, expected: tuple[str, ...]) -> None:
    fields = await read(f'{{"member": {value} , "next": 1}}'.encode(), JSON)
    assert fields.get_all("member") == expected
    assert fields.get("next") == "1"
    assert not fields.malformed


TEXTS = st.text('a"\\ \0\x7fЖ😀[{', max_size=6)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text("abЖ", max_size=2), JSON_VALUES, max_size=4))
async def test_nested_json_means_what_was_sent(sent: dict[str, Any]) -> None:
    fields = await read(json.dumps(sent).encode(), JSON)
    assert fields.malformed_body is None
    for name, value in sent.items():
        if name not in fields.malformed and isinstance(value, dict):
            assert json.loads(fields.get(name) or "") == value
        if name not in fields.malformed and isinstance(value, str):
            assert fields.get_all(name) == (value,)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"amount":007}', "broken"),
        (b'{"amount":1', "broken"),
        (b'{"amount":NaN}', "broken"),
        (b'{"a":1}{"b":2}', "broken"),
        (b'{"a":"\n"}', "broken"),
        (b"a=1&b=2", "broken"),
        (b'{"\\u12":1}', "broken"),
        (b"[1]", "not an object"),
        (b'"text"', "not an object"),
        (b'{"a":' + b"[" * 20 + b"]" * 20 + b"}", "deeper than 20"),
        (b'{"a":' + b"[" * 100_000, "deeper than 20"),
        (b'{"a":1' + b"}" * 9 + b"[" * 30, "deeper than 20"),
    ],
)
async def test_json_that_cannot_be_read_leaves_the_query(body: bytes, reason: str) -> None:
    fields = await read(body, JSON, query=b"userName=shop")
    assert firsts(fields) == {"userName": "shop"}
    assert reason in (fields.malformed_body or "")


async def test_json_may_be_as_deep_as_the_limit_and_brackets_in_text_do_not_count() -> None:
    deepest = "[" * 19 + "]" * 19
    body = f'{{"deep":{deepest},"flat":[{{}},[],[],[]],"text":"[\\"{"[{" * 50}"}}'
    fields = await read(body.encode(), JSON)
    assert fields.malformed_body is None
    assert fields.get("deep") == deepest
    assert fields.get("text") == '["' + "[{" * 50


async def test_a_form_that_begins_like_json_is_still_a_form() -> None:
    fields = await read(b"{odd=1&b=2", FORM)
    assert firsts(fields) == {"{odd": "1", "b": "2"}
    assert fields.malformed_body is None


# Multipart.


async def test_multipart_files_are_ignored() -> None:
    body = multipart(
        'Content-Disposition: form-data; name="photo"; filename="a; name=b"\n\nbytes',
        "Content-Disposition: form-data; name=scan; filename*=utf-8''x\n\nbytes",
        "Content-Type: text/plain\n\nnameless",
        "content-disposition: form-data;\n name=amount\nContent-Type: text/plain\n\n100",
        named('quo\\"ted; filename=x', "two\nlines"),
        named("empty", ""),
    )
    fields = await read(b"preamble\r\n" + body + b"epilogue", MULTIPART)
    assert firsts(fields) == {
        "amount": "100",
        'quo"ted; filename=x': "two\r\nlines",
        "empty": "",
    }
    assert fields.malformed_body is None


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (multipart(named("a", "1")), b"multipart/form-data", "without a boundary"),
        (multipart(named("a", "1")), b"multipart/form-data; boundary=" + b"x" * 71, "a boundary"),
        (multipart(named("a", "1"))[:-6], MULTIPART, "closing boundary"),
        (b"a=1&b=2", MULTIPART, "closing boundary"),
        (multipart("Content-Disposition: form-data; name=a"), MULTIPART, "headers have no end"),
        (multipart("X: " + "x" * 9000 + "\n\n"), MULTIPART, "headers have no end"),
    ],
)
async def test_multipart_that_cannot_be_read_leaves_the_query(
    body: bytes, content_type: bytes, reason: str
) -> None:
    fields = await read(body, content_type, query=b"userName=shop")
    assert firsts(fields) == {"userName": "shop"}
    assert reason in (fields.malformed_body or "")
