"""What each type of parameter takes, and what it refuses, value by value.

Each value has its result; MALFORMED is the result of a bad one. Limits are tested with the last
value that fits and the first that does not. Source: rest-orders.md §1.3, §2.1.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from altyn.domain.card.free_text import mask_document
from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.domain.control_characters import has_control
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import types as c
from altyn.protocol.dialects.classic.features import DOCUMENTED, ENGINE
from altyn.protocol.json_text import JSON_DEPTH_MAX, compact_json, json_value
from altyn.protocol.malformed import Malformed
from altyn.protocol.name_types import ORDER_NUMBER
from tests.builders import a_merchant


@dataclass(frozen=True)
class Sent:
    """A request's parameters, for types that look at more than their own value."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        values = self.values.get(name)
        return values[0] if values else None

    def get_all(self, name: str) -> tuple[str, ...]:
        return self.values.get(name, ())

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)


MALFORMED: Final = "malformed"
NO_CONTEXT: Final = t.Context(None, Sent())


def outcome(type_: t.Type, value: str, context: t.Context = NO_CONTEXT) -> Any:
    """What a type makes of a value."""
    try:
        return type_.parse(value, context)
    except Malformed:
        return MALFORMED


ORDER: Final = "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"
CONTROLS: Final = ("\x00", "a\x1fb", "a\x7f", "a\tb", "\ud800", "a\udfffb")

TEXTS: Final = (
    (t.text(3), "abc", "abc"),
    (t.text(3), "№ 1", "№ 1"),
    (t.text(3), "abcd", MALFORMED),
    (t.text(3), "a\nb", MALFORMED),
    *((t.text(9), value, MALFORMED) for value in CONTROLS),
    (t.text(9, lines=True), "a\r\n\tb", "a\r\n\tb"),
    (t.text(9, lines=True), "a\x00b", MALFORMED),
    (t.text(4, lines=True), "a\r\nbc", MALFORMED),
    (ORDER_NUMBER, "A" * 32, "A" * 32),
    (ORDER_NUMBER, "A" * 33, MALFORMED),
    (ORDER_NUMBER, "Заказ №1/2", "Заказ №1/2"),
    (ORDER_NUMBER, " A", MALFORMED),
    (ORDER_NUMBER, "A ", MALFORMED),
    (ORDER_NUMBER, "A\u2028", MALFORMED),
    (ORDER_NUMBER, "A\n1", MALFORMED),
    (t.PAGE_VIEW, "MOBILE", "MOBILE"),
    (t.PAGE_VIEW, "iphone", "iphone"),
    (t.PAGE_VIEW, "../../etc", None),
    (t.PAGE_VIEW, "p" * 21, None),
    (t.CSV, "a, b,,c", ("a", "b", "c")),
    (t.CSV, " , ", ()),
    (c.STATES, "CREATED,DEPOSITED", ("CREATED", "DEPOSITED")),
    (c.STATES, "created", MALFORMED),
    (c.STATES, ",", MALFORMED),
)

NUMBERS: Final = (
    (t.digits(3), "0", 0),
    (t.digits(3), "007", 7),  # decimal, not octal
    (t.digits(3), "999", 999),
    (t.digits(3), "1000", MALFORMED),
    (t.digits(2, low=1, high=28), "1", 1),
    (t.digits(2, low=1, high=28), "28", 28),
    (t.digits(2, low=1, high=28), "0", MALFORMED),
    (t.digits(2, low=1, high=28), "29", MALFORMED),
    *(
        (type_, value, MALFORMED)
        for type_ in (t.digits(9), t.AMOUNT, c.ORDER_AMOUNT)
        for value in ("", "-1", "+1", "1.0", "1e2", "0x10", "1_000", " 1", "1\n", "１２", "٣", "²")
    ),
    (t.AMOUNT, "0", 0),
    (t.AMOUNT, "000000000100", 100),
    (t.AMOUNT, "999999999999", 999_999_999_999),
    (t.AMOUNT, "1000000000000", MALFORMED),
    (t.AMOUNT, "9" * 5000, MALFORMED),  # longer than Python itself would read
    (c.ORDER_AMOUNT, "1", 1),
    (c.ORDER_AMOUNT, "0", MALFORMED),
    (c.ORDER_AMOUNT, "000", MALFORMED),
    (t.code(4), "0742", "0742"),
    (t.code(4), "742", MALFORMED),
    (t.code(4), "07421", MALFORMED),
    (t.code(4), "７４２１", MALFORMED),
    (t.CURRENCY, "643", "643"),
    (t.CURRENCY, "810", "643"),  # the rouble before 1998
    (t.CURRENCY, "RUB", MALFORMED),
    (t.CURRENCY, "64", MALFORMED),
    (t.CURRENCY, "0643", MALFORMED),
    (t.BOOLEAN, "true", True),
    (t.BOOLEAN, "FALSE", False),
    (t.BOOLEAN, "1", True),
    (t.BOOLEAN, "yes", MALFORMED),
    (t.ORDER_ID, ORDER, UUID(ORDER)),
    (t.ORDER_ID, ORDER.upper(), UUID(ORDER)),
    (t.ORDER_ID, ORDER.replace("-", ""), MALFORMED),
    (t.ORDER_ID, f"{{{ORDER}}}", MALFORMED),
    (t.ORDER_ID, f"urn:uuid:{ORDER}", MALFORMED),
    (t.ORDER_ID, f"{ORDER}\n", MALFORMED),
    *(
        (type_, value, value.lower())
        for type_ in (t.LANGUAGE, t.LENIENT_LANGUAGE)
        for value in ("by", "ua", "hy", "ro", "bg", "kz", "de", "fr", "FR", "RU", "eN")
    ),
    *(
        (t.LANGUAGE, value, MALFORMED)
        for value in ("", "r", "rus", "r1", "ру", "ｅｎ", "en\n", "e ")
    ),
    *((t.LENIENT_LANGUAGE, value, None) for value in ("", "rus", "r1", "ру")),
    (t.PHONE, "+79000000000", "+79000000000"),
    (t.PHONE, "89000000000", "89000000000"),
    (t.PHONE, "9000000000", "9000000000"),
    (t.PHONE, "79000000000", "79000000000"),
    (t.PHONE, "1234567", "1234567"),
    (t.PHONE, "123456", MALFORMED),
    (t.PHONE, "1" * 15, "1" * 15),
    (t.PHONE, "1" * 16, MALFORMED),
    (t.PHONE, "8 (900) 000-00-00", MALFORMED),
    (t.PHONE, "٧٩٠٠٠٠٠٠٠٠٠", MALFORMED),
)

DATES: Final = (
    (t.MOMENT, "2014-09-08T14:14:14", datetime(2014, 9, 8, 11, 14, 14, tzinfo=UTC)),
    (t.MOMENT, "2028-02-29T00:00:00", datetime(2028, 2, 28, 21, tzinfo=UTC)),
    (t.MOMENT, "9999-12-31T23:59:59", datetime(9999, 12, 31, 20, 59, 59, tzinfo=UTC)),
    *(
        (t.MOMENT, value, MALFORMED)
        for value in (
            "2026-02-29T00:00:00",
            "2026-01-01T24:00:00",
            "2026-01-01T23:59:60",
            "2026-01-01T23:60:00",
            "2026-13-01T00:00:00",
            "0000-01-01T00:00:00",
            "0001-01-01T00:00:00",  # is before the first moment, seen from Greenwich
            "10000-01-01T00:00:00",
            "2026-1-1T0:0:0",
            "2026-01-01 00:00:00",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00+03:00",
            "2026-01-01T00:00:00.000",
            "2026-01-01",
            "２０２６-01-01T00:00:00",
            "1700000000",
        )
    ),
    (t.COMPACT_MOMENT, "20260101000000", datetime(2025, 12, 31, 21, tzinfo=UTC)),
    (t.COMPACT_MOMENT, "20260101240000", MALFORMED),
    (t.COMPACT_MOMENT, "00010101000000", MALFORMED),
    (t.COMPACT_MOMENT, "2026010100000", MALFORMED),
    (t.COMPACT_MOMENT, "202601010000000", MALFORMED),
    (t.DAY, "20280229", "20280229"),
    (t.DAY, "20260229", MALFORMED),
    (t.DAY, "00010101", MALFORMED),
    (t.DAY, "2026101", MALFORMED),
    (t.EXPIRY, "203012", Expiry(2030, 12)),
    (t.EXPIRY, "203013", MALFORMED),
    (t.EXPIRY, "203000", MALFORMED),
    (t.EXPIRY, "199912", MALFORMED),
    (t.EXPIRY, "1230", MALFORMED),
)

FULL: Final = "https://a.example/" + "x" * 494
FOR_NO_BROWSER: Final = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://a.example/1",
    "https://a.example/\r\nSet-Cookie: a=b",
    "https://",
    "http:///ok",
    "https:a.example",
    "https://a b.example/",
    "https://a\\b.example/",
    "   ",
    FULL + "x",
)
ADDRESSES: Final = (
    *(
        (t.RETURN_URL, value, value)
        for value in (
            "https://test.ru",
            "test.ru",  # the gateway's own address (004)
            "/ok",
            "./ok",
            "thanks",
            "//evil.example/ok",
            "myshop-app://paid?x=1#f",
            "https://магазин.рф/спасибо",
            "https://a.example/a b;c|d",
            'https://a.example/"<x>',
            "https://a.example/\u2028\u00a0x",
            FULL,
        )
    ),
    (t.RETURN_URL, " https://test.ru ", "https://test.ru"),
    *((type_, value, MALFORMED) for type_ in (t.RETURN_URL, t.URL) for value in FOR_NO_BROWSER),
    (t.URL, "/ok", "/ok"),
    (t.URL, "https://кафе.рф/a b|c", "https://xn--80akn5b.xn--p1ai/a%20b%7Cc"),
    (t.CALLBACK_URL, "https://shop.example/cb?a=1", "https://shop.example/cb?a=1"),
    (t.CALLBACK_URL, "HTTP://10.0.0.1:8080", "HTTP://10.0.0.1:8080"),
    (t.CALLBACK_URL, "https://кафе.рф/путь и я", "https://кафе.рф/путь и я"),
    *(
        (t.CALLBACK_URL, value, MALFORMED)
        for value in (
            *FOR_NO_BROWSER,
            "ftp://shop.example/cb",
            "mailto:shop@shop.example",
            "shop.example/cb",
            "//shop.example/cb",
            "/cb",
        )
    ),
)

JSON_TEXTS: Final = (
    (t.JSON_PARAMS, '{"orderNumber":1234567890}', {"orderNumber": "1234567890"}),  # 004
    (t.JSON_PARAMS, "{}", {}),
    (t.JSON_PARAMS, ' { "a" : "b" } ', {"a": "b"}),
    (t.JSON_PARAMS, '{"a":true,"b":1.50,"c":null}', {"a": "true", "b": "1.50"}),
    (t.JSON_PARAMS, '{"a":1e400}', {"a": "1e400"}),
    (
        t.JSON_PARAMS,
        '{"a":123456789012345678901234567890}',
        {"a": "123456789012345678901234567890"},
    ),
    (t.JSON_PARAMS, '{"a":"1","a":"2"}', {"a": "2"}),
    (t.JSON_PARAMS, '{"a":{"b":[1, 2]}}', {"a": '{"b":[1, 2]}'}),
    (t.JSON_PARAMS, '{"a":"line\\nbreak"}', {"a": "line\nbreak"}),
    (t.JSON_PARAMS, '{"":""}', {"": ""}),
    (t.JSON_PARAMS, '{"loyaltyId":"1"}', MALFORMED),
    (t.JSON_PARAMS, '{"sbrf_spasibo:amount_bonus":"1"}', MALFORMED),
    (t.JSON_PARAMS, '{"sbrf_sbermiles:amount_bonus":"1"}', MALFORMED),
    (t.FLAT_JSON, '{"loyaltyId":"1"}', {"loyaltyId": "1"}),
    *(
        (type_, value, MALFORMED)
        for type_ in (t.JSON_PARAMS, t.FLAT_JSON, t.JSON)
        for value in (
            "",
            "{",
            "{'a':'b'}",
            '{"a":"b"}x',
            '{"a":NaN}',
            '{"a":"\\x"}',
            '{"a":"\\u0000"}',
            '{"a":"\\ud800"}',
            '{"\\udfff":1}',
            '{"a":"\x01"}',
            '{"a":"\ud800"}',
            '{"a":' * 100_000,
            '{"a":' + "[" * 100_000 + "]" * 100_000 + "}",
        )
    ),
    *((t.JSON_PARAMS, value, MALFORMED) for value in ("[]", '"a"', "1", "null")),
    (t.JSON, '{"cartItems":{"items":[]}}', {"cartItems": {"items": []}}),
    (t.JSON, "1e400", MALFORMED),
    (t.JSON, "[" * 21 + "1" + "]" * 21, MALFORMED),
    (t.JSON, '{"a":' * 21 + "1" + "}" * 21, MALFORMED),
    (t.PAYER_DATA, '{"billingCity":"' + "x" * 50 + '"}', {"billingCity": "x" * 50}),
    (t.PAYER_DATA, '{"billingCity":"' + "x" * 51 + '"}', MALFORMED),
)

CARDS: Final = (
    (t.PAN, "4111111111111111", Pan("4111111111111111")),
    (t.PAN, "4111 1111-1111 1111", Pan("4111111111111111")),
    (t.PAN, "4111111111111112", MALFORMED),
    (t.PAN, "41111111111", MALFORMED),
    (t.PAN, "4" * 20, MALFORMED),
    (t.PAN, "４111111111111111", MALFORMED),
    (t.CVC, "123", Cvc("123")),
    (t.CVC, "1234", Cvc("1234")),
    (t.CVC, "12", MALFORMED),
    (t.CVC, "12345", MALFORMED),
    (t.CVC, "12a", MALFORMED),
    (t.HOLDER, " IVAN O'PETROV-JR. ", "IVAN O'PETROV-JR."),
    (t.HOLDER, "I" * 64, "I" * 64),
    (t.HOLDER, "I" * 65, MALFORMED),
    (t.HOLDER, "ИВАН ПЕТРОВ", MALFORMED),
    (t.HOLDER, "...", MALFORMED),
    (t.HOLDER, "4111111111111111", MALFORMED),
)


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [*TEXTS, *NUMBERS, *DATES, *ADDRESSES, *JSON_TEXTS, *CARDS],
    ids=lambda each: repr(each)[:40] if isinstance(each, str) else "",
)
def test_a_value_is_read_or_refused(type_: t.Type, value: str, expected: object) -> None:
    got = outcome(type_, value)
    assert got == expected
    assert type(got) is type(expected)  # True is not 1 on the wire


def test_a_cart_may_be_nested_as_deep_as_a_json_body() -> None:
    assert outcome(t.JSON, "[" * 20 + "1" + "]" * 20) != MALFORMED
    assert outcome(t.JSON, '{"a":' * 20 + "1" + "}" * 20) != MALFORMED


# ── Types that look at the merchant and the rest of the request ───────────────────────────────────


@pytest.mark.parametrize(
    ("value", "features", "expected"),
    [
        ("99", (), MALFORMED),
        ("100", (), 100),
        ("500", (), 500),
        ("501", (), MALFORMED),
        ("0", (), MALFORMED),
        ("0", ("VERIFY",), 0),
        ("0", ("FORCE_TDS;VERIFY",), 0),
        ("0", ("verify",), MALFORMED),
        ("99", ("VERIFY",), MALFORMED),
    ],
)
def test_an_orders_sum_keeps_to_the_merchants_limits(
    value: str, features: tuple[str, ...], expected: object
) -> None:
    merchant = a_merchant(amount_min_minor=100, amount_max_minor=500)
    context = t.Context(merchant, Sent({"features": features}))
    assert outcome(c.ORDER_AMOUNT, value, context) == expected


def test_zero_amount_is_refused_whatever_the_limits() -> None:
    context = t.Context(a_merchant(amount_min_minor=0), Sent())
    assert outcome(c.ORDER_AMOUNT, "0", context) == MALFORMED


def test_a_currency_must_be_the_merchants() -> None:
    context = t.Context(a_merchant(currencies=("643", "978")), Sent())
    assert outcome(t.CURRENCY, "978", context) == "978"
    assert outcome(t.CURRENCY, "810", context) == "643"
    assert outcome(t.CURRENCY, "840", context) == MALFORMED


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (("AUTO_PAYMENT",), ("AUTO_PAYMENT",)),
        (("VERIFY", "FORCE_TDS"), ("VERIFY", "FORCE_TDS")),
        (("VERIFY;FORCE_TDS",), ("VERIFY", "FORCE_TDS")),
        (("VERIFY,FORCE_TDS",), ("VERIFY", "FORCE_TDS")),
        (("VERIFY ; FORCE_TDS", "VERIFY"), ("VERIFY", "FORCE_TDS")),
        ((";,",), ()),
        (("verify",), MALFORMED),
        (("VERIFY;SOMETHING_ELSE",), MALFORMED),
        (("VERIFY\x00",), MALFORMED),
        ((";".join([*DOCUMENTED, *ENGINE]),), (*DOCUMENTED, *ENGINE)),
    ],
)
def test_features_come_repeated_or_separated(sent: tuple[str, ...], expected: object) -> None:
    assert c.FEATURE_LIST.repeatable
    assert outcome(c.FEATURE_LIST, ",".join(sent)) == expected


# ── Whatever comes ────────────────────────────────────────────────────────────────────────────────

EVERY_TYPE: Final = {
    name: each
    for name, each in {**vars(t), **vars(c)}.items()
    if isinstance(each, t.Type) and name.isupper()
}
ANYTHING: Final = st.one_of(
    st.text(),
    st.text("0123456789-+:T. eE", max_size=40),
    st.text('{}[]":,0123456789abc\\u', max_size=60),
    st.text(st.characters(categories=["Cs", "Cc", "Nd", "Zs"]), max_size=30),
    st.integers().map(str),
    st.datetimes().map(lambda each: each.strftime("%Y-%m-%dT%H:%M:%S")),
)


@pytest.mark.parametrize("name", EVERY_TYPE)
@settings(max_examples=30)
@given(value=ANYTHING)
def test_a_type_reads_or_refuses_and_never_breaks(name: str, value: str) -> None:
    context = t.Context(a_merchant(), Sent({"features": (value,)}))
    outcome(EVERY_TYPE[name], value, context)


@pytest.mark.parametrize("name", sorted(EVERY_TYPE.keys() - {"ANY_TEXT"}))
def test_a_rule_never_repeats_the_value(name: str) -> None:
    """What was sent may be a card number; the rule goes to logs and into a header."""
    value = "4111111111111111<script>\x00"
    context = t.Context(a_merchant(), Sent({"features": (value,)}))
    text = ""
    try:
        EVERY_TYPE[name].parse(value, context)
    except Malformed as rule:
        text = str(rule)
    assert "4111" not in text
    assert "script" not in text


def test_rule_of_payer_data_never_repeats_the_value() -> None:
    value = '{"4111111111111111":"' + "x" * 51 + '"}'
    with pytest.raises(Malformed, match=r"^a value is longer than 50 characters$"):
        t.PAYER_DATA.parse(value, NO_CONTEXT)


TERMINAL_CONTROLS: Final = (
    *("\x00", "\x1b", "\x7f", "\x80", "\x9b", "\x9f"),
    *("\u061c", "\u200e", "\u202a", "\u202e", "\u2066", "\u2069"),
)


@pytest.mark.parametrize("control", TERMINAL_CONTROLS)
def test_controls_of_terminals_and_of_direction_are_refused_in_every_text(control: str) -> None:
    context = t.Context(a_merchant(), Sent())
    escaped = f"\\u{ord(control):04x}"
    for type_, value in (
        (ORDER_NUMBER, f"A{control}1"),
        (t.text(512, lines=True), f"A{control}1"),
        (t.RETURN_URL, f"https://shop.example/{control}"),
        (t.JSON_PARAMS, f'{{"a": "b{control}"}}'),
        (t.JSON_PARAMS, f'{{"a{escaped}": "b"}}'),
        (t.JSON, f'{{"a": ["b{control}"]}}'),
        (t.JSON, f'{{"a": ["b{escaped}"]}}'),
        (t.JSON, f'[{{"a{escaped}": 1}}]'),
    ):
        with pytest.raises(Malformed):
            type_.parse(value, context)


def test_texts_in_other_scripts_stay_allowed() -> None:
    context = t.Context(None, Sent())
    for value in ("Заказ № 7", "שלום", "مرحبا", "价格", "a\u00a0b", "naïve"):
        assert t.text(512).parse(value, context) == value
    assert json_value('{"mark": "0104\\u001d93"}') == {"mark": "0104\x1d93"}
    assert json_value('{"a": "b\\\\u202e \\n"}') == {"a": "b\\u202e \n"}


# ── The quick check of JSON ───────────────────────────────────────────────────────────────────────

ANY_TEXT: Final = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["[", "]", "{}", '"', '\\"', "4111111111111111", "4111 1111 1111 1111", "A\u202e"]
    ),
)
DOCUMENTS: Final[st.SearchStrategy[Any]] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 10**18), ANY_TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(ANY_TEXT, inner, max_size=4)
    ),
    max_leaves=30,
)


def texts_of(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in texts_of(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts_of(each)]
    return [value] if isinstance(value, str) else []


def levels_of(value: object) -> int:
    """How deep a value is; a plain one has one level."""
    inner = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(inner, list):
        return 1
    return 1 + max(map(levels_of, inner), default=0)


@given(DOCUMENTS, st.integers(0, 30))
def test_json_is_read_alike_by_the_quick_check_and_the_exact_one(
    document: object, levels: int
) -> None:
    for _ in range(levels):
        document = [document]
    refused = levels_of(document) > JSON_DEPTH_MAX + 1 or any(
        has_control(text.replace("\x1d", ""), lines=True) for text in texts_of(document)
    )
    try:
        read = json_value(json.dumps(document))
    except Malformed:
        assert refused
    else:
        assert not refused
        assert read == mask_document(document)
        assert json.loads(compact_json(json.dumps(document))) == read


def test_a_number_below_its_bound_is_named_without_an_upper_bound() -> None:
    with pytest.raises(Malformed, match="below 1"):
        t.digits(18, low=1).parse("0", NO_CONTEXT)
