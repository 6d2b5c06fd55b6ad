"""Masking: secrets are recognised by their type, their name, and their form."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.card.values import Cvc, Pan, luhn_digit
from altyn.masking import TEXT_LENGTH_MAX, is_secret_name, mask_text, mask_value

DIGITS = "4111111111111111"
COVER = "411111**1111"


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "newPassword",
        "api_password",
        "ALTYN_DATABASE_PASSWORD",
        "wsse:Password",
        "passwd",
        "passphrase",
        "cvc",
        "$CVC",
        "cvc2",
        "CVCCode",
        "cardCvc",
        "$PAN",
        "pan",
        "new_pan",
        "primaryAccountNumber",
        "cardNumber",
        "card_number",
        "token",
        "seToken",
        "paymentToken",
        "tokens",
        "key",
        "keys",
        "apiKey",
        "apikey",
        "private_key",
        "secret",
        "client_secret",
        "paRes",
        "PaRes",
        "pareq",
        "cRes",
        "creq",
        "cavv",
        "authorization",
        "Cookie",
        "Set-Cookie",
        "request.password",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "userName",
        "orderNumber",
        "maskedPan",
        "masked_pan",
        "key_id",
        "keyId",
        "publicKey",
        "idempotency_key",
        "company",
        "japan",
        "span",
        "monkey",
        "compass",
        "amount",
        "expiry",
        "rrn",
        "approvalCode",
        "token_age",
        "path",
        "paResStatus",
        "24",
        "_",
    ],
)
def test_names_of_values_that_may_be_shown(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"card {DIGITS} declined", f"card {COVER} declined"),
        ("4111 1111 1111 1111", COVER),
        ("4111-1111-1111-1111!", f"{COVER}!"),
        ("4111%201111+1111\u00a01111", COVER),
        ("12 4111111111111111 2812", f"12 {COVER} 2812"),
        ("2 41 11 11 11 11 11 11 11", f"2 {COVER}"),
        (f"a{DIGITS}b", f"a{COVER}b"),
        (f"{DIGITS}=2812101{DIGITS}", f"{COVER}=***"),
        (f"{DIGITS}123", "***"),  # glued to its code: the last four are not the card's
        (f"{DIGITS}2812123", "***"),
        ("9" * 100, "***"),
        ("amount 250000, rrn 123456789013", "amount 250000, rrn 123456789013"),
        ("4111111111111112", "4111111111111112"),
        ("0b5f2a34-6c1d-8e90-8f11-411111111111", "0b5f2a34-6c1d-8e90-8f11-411111111111"),
        ("on 2026-11-21 22:08:28.123456", "on 2026-11-21 22:08:28.123456"),
    ],
)
def test_card_numbers_in_text(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("userName=shop-api&password=p,1;x&amount=1", "userName=shop-api&password=***&amount=1"),
        ("%24CVC=123&x=1", "%24CVC=***&x=1"),
        ("data[password]=a&data%5Bcvc%5D=123", "data[password]=***&data%5Bcvc%5D=***"),
        ('{"password": "two \\" words", "a": 1}', '{"password": ***, "a": 1}'),
        ('{"cvc":123}', '{"cvc":***'),
        (r"{\"cvc\":\"123\"} ok", r"{\"cvc\":*** ok"),
        ("Pay(cvc='123', amount=1)", "Pay(cvc=***, amount=1)"),
        ("Pay(cvc='12", "Pay(cvc=***"),
        ("{b'token': b'abc def'}", "{b'token': ***}"),
        ("'passwords': ['a', 'b'], 'n': 1", "'passwords': ***, 'n': 1"),
        ("%22password%22%3A%22abc%22", "%22password%22%3A***"),
        ("Authorization: Basic YWJj\nHost: x", "Authorization: ***\nHost: x"),
        ("see url=https://x/?password=abc ok", "see url=https://x/?password=*** ok"),
        ("postgresql://altyn:abc@db/altyn", "postgresql://altyn:***@db/altyn"),
        (
            '<wsse:Password Type="#Text">a b</wsse:Password><n>1</n>',
            '<wsse:Password Type="#Text">***</wsse:Password><n>1</n>',
        ),
        ("<password><![CDATA[a <b> c]]></password><n>1</n>", "<password>***</password><n>1</n>"),
        ("<x:pin>1<!-- a -->2<![CDATA[3]]></x:pin>", "<x:pin>***</x:pin>"),
        ("<password><![CDATA[a", "<password>***"),
        (
            "<n><![CDATA[<password>a</password>]]></n>",
            "<n><![CDATA[<password>***</password>]]></n>",
        ),
        ('<params name="password" value="a b"/>', '<params name="password" value=***/>'),
        ('<params name="maskedPan" value="a b"/>', '<params name="maskedPan" value="a b"/>'),
        ('[{"name": "cvc", "value": "1"}]', '[{"name": "cvc", ***: ***}]'),
        (r"{\"name\":\"password\",\"value\":\"a\"}", r"{\"name\":\"password\",***"),
        ('{"name": "note", "value": "a"}', '{"name": "note", "value": "a"}'),
        (
            "<p:name>password</p:name> <p:value>a</p:value>",
            "<p:name>password</p:name> <p:value>***</p:value>",
        ),
        ('{"securityCode":"737"}', '{"securityCode":***}'),
        ('<order pan="4" cvc="123" lang="ru"/>', '<order pan=*** cvc=*** lang="ru"/>'),
        ("[('$CVC', '123'), ('n', 1)]", "[('$CVC', ***), ('n', 1)]"),
        ("KeyError: 'amount'", "KeyError: 'amount'"),
        ("a = b: c <d>", "a = b: c <d>"),
    ],
)
def test_secrets_in_text(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "a" * 50_000,
        "a:" * 25_000,
        "<a " * 17_000,
        "4 " * 25_000,
        "12" * 25_000,
        '"' * 50_000,
        "password='" * 5_000,
        "\\" * 50_000,
        "://" * 17_000,
        " " * 50_000,
        "%22" * 17_000,
        "a%22" * 13_000 + "=",
        "token=[" * 7_000,
        "<pin><![CDATA[" * 4_000,
        "<pin><!--" * 6_000,
        "name=pin value=" * 4_000,
        "name='" * 9_000,
        "name=" + "'" * 50_000 + "value",
    ],
    ids=lambda text: text[:10],
)
def test_masking_a_text_takes_bounded_time(text: str) -> None:
    # The test has a time limit: a pattern that backtracks would need hours.
    assert mask_text(text) is not None


@dataclass(frozen=True)
class Payment:
    pan: Pan
    cvc: str
    amount: int
    keys: str = field(default="hidden by its field", repr=False)


class Shown(msgspec.Struct):
    token: str
    amount: int


class Pair(NamedTuple):
    password: str
    amount: int
    currency: str


class Colour(enum.StrEnum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError(DIGITS)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Pan(DIGITS), COVER),
        (Cvc("123"), "***"),
        (
            {"pan": Pan(DIGITS), "$PAN": DIGITS, "cvc": 123},
            {"pan": COVER, "$PAN": "***", "cvc": "***"},
        ),
        (
            {"password": None, "token": True, "key": ""},
            {"password": None, "token": True, "key": "***"},
        ),
        (Payment(Pan(DIGITS), "123", 5), {"pan": COVER, "cvc": "***", "amount": 5}),
        (Shown("abc", 5), {"token": "***", "amount": 5}),
        (Pair("abc", 5, "RUB"), {"password": "***", "amount": 5, "currency": "RUB"}),
        ([("$CVC", "123"), ("amount", "5")], [["$CVC", "***"], ["amount", "5"]]),
        ([(b"cookie", b"abc")], [["cookie", "***"]]),
        (("token", "abc"), ["token", "***"]),
        ({Pan(DIGITS): 1, DIGITS: 2, 5: 3}, {COVER: 2, "5": 3}),
        (int(DIGITS), COVER),
        (float(DIGITS), COVER),
        (float(DIGITS) + 0.5, COVER),
        (float("inf"), "inf"),
        (10**5000, "[a number of 16610 bits]"),
        ((1, 2.5, True, None, "a"), [1, 2.5, True, None, "a"]),
        (DIGITS.encode(), COVER),
        (ValueError(f"no {DIGITS}"), f"ValueError: no {COVER}"),
        (Unprintable(), "[Unprintable cannot be printed: RuntimeError]"),
        ({Colour.RED: Number.ONE}, {"red": 1}),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (Path("a/b"), "a/b"),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, tzinfo=UTC), "2026-11-21T00:00:00+00:00"),
        (Payment, repr(Payment)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_copied_and_masked(value: object, shown: object) -> None:
    assert mask_value(value) == shown


def test_infinite_value_is_cut() -> None:
    ring: list[object] = []
    ring.extend([ring] * 10)
    wide = dict.fromkeys(range(100_000), "x")

    assert len(json.dumps(mask_value(ring))) < 100_000
    assert len(mask_value(wide)) < 5_000


@pytest.mark.parametrize("kept", range(20))
def test_long_text_is_not_cut_inside_a_card_number(kept: int) -> None:
    text = "x" * (TEXT_LENGTH_MAX - kept) + DIGITS + "x"

    assert "41111111" not in mask_value(text)


pans = st.text("0123456789", min_size=11, max_size=18).map(lambda part: part + luhn_digit(part))
usual_pans = st.text("0123456789", min_size=15, max_size=15).map(
    lambda part: part + luhn_digit(part)
)


@given(
    pan=pans, before=st.text("ab =&:<\"'\n", max_size=5), after=st.text("ab =&:<\"'\n", max_size=5)
)
def test_any_card_number_in_any_text_is_masked(pan: str, before: str, after: str) -> None:
    assert pan not in mask_text(before + pan + after)


@given(
    pan=usual_pans,
    before=st.text("0123456789 ", max_size=12),
    after=st.text("0123456789 ", max_size=12),
)
def test_card_number_joined_with_other_digits_is_masked(pan: str, before: str, after: str) -> None:
    assert pan not in mask_text(before + pan + after)


@given(st.text())
def test_text_without_secrets_is_unchanged(text: str) -> None:
    if not any(sign in text for sign in "=:%<") and sum(map(str.isdigit, text)) < 12:
        assert mask_text(text) == text


wrappers: list[Callable[[object], object]] = [
    lambda value: [value],
    lambda value: (value, 1),
    lambda value: {"a": value},
    lambda value: {value: "a"} if isinstance(value, (str, Pan)) else [value],
    lambda value: f"text {value!r} text",
    ValueError,
]


@given(pan=usual_pans, typed=st.booleans(), path=st.lists(st.sampled_from(wrappers), max_size=15))
def test_no_nesting_shows_a_card_number(
    pan: str, path: list[Callable[[object], object]], *, typed: bool
) -> None:
    value: object = Pan(pan) if typed else pan
    for wrap in path:
        value = wrap(value)

    assert pan not in json.dumps(mask_value(value))
