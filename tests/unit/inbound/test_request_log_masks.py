"""No card and no secret of a request is in its entry of the request log, wherever it was sent.

Source: docs/architecture.md (secrets); src/altyn/masking.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.notes import Note
from altyn.domain.request_log import Endpoint, NewRequest
from altyn.inbound.http.fields import Fields
from altyn.inbound.request_log.bodies import keep_envelope, keep_json
from altyn.inbound.request_log.masked import OTHER_CARD_FIELDS, PARAMETERS_MAX, VALUE_CHARS_MAX
from altyn.inbound.request_log.open_call import OpenCall, reset_open_call, set_open_call
from altyn.masking import is_secret_name
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.table import Method, drop_card_values
from altyn.protocol.test_cards import ALL
from altyn.protocol.types import EXPIRY, HOLDER

NOW: Final = datetime(2026, 11, 27, 12, tzinfo=UTC)
LETTERS: Final = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SECRETS: Final = st.text(LETTERS, min_size=12, max_size=40).map(lambda text: f"Zq{text}")
PANS: Final = st.sampled_from([card.pan for card in ALL])
SECRET_NAMES: Final = (
    *("password", "token", "seToken", "paRes", "PaRes", "cRes", "cres", "$CVC", "cvc", "cavv"),
    *("apiKey", "key", "secret", "newPassword", "authorization", "paReq", "cReq", "cvv2"),
)
METHODS: Final = st.sampled_from(CLASSIC.methods)


def call_of(method: Method | None, fields: Fields | None, query: str = "") -> OpenCall:
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/payment/rest/x.do",
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1:8080")],
        "client": ("203.0.113.9", 1),
    }
    call = OpenCall(scope, Endpoint.REST)
    call.table, call.source = method, fields
    return call


def closed(call: OpenCall, answer: bytes = b"{}", kind: bytes = b"application/json") -> NewRequest:
    headers = [(b"content-type", kind)]
    call.take_answer({"type": "http.response.start", "status": 200, "headers": headers})
    call.take_answer({"type": "http.response.body", "body": answer})
    return call.closed(NOW, None)


def places_of(name: str, value: str) -> list[tuple[str, str]]:
    """Parameters in which a secret with its name may be sent."""
    return [
        (name, value),
        ("jsonParams", json.dumps({"colour": "red", name: value})),
        ("params", json.dumps({"inner": {name: value}})),
        ("returnUrl", f"https://shop.example/?{name}={value}&colour=red"),
        ("description", f"{name}: {value}"),
    ]


@given(METHODS, st.sampled_from(SECRET_NAMES), SECRETS)
def test_secret_is_hidden_wherever_it_is_sent_with_its_name(
    method: Method, name: str, value: str
) -> None:
    for place in places_of(name, value):
        fields = Fields.of([("userName", "test-api"), place, ("amount", "1000")])
        assert value not in repr(closed(call_of(method, fields)))
        assert value not in repr(closed(call_of(None, None, f"{place[0]}={place[1]}")))


@given(METHODS, PANS, st.sampled_from(["$PAN", "pan", "orderNumber", "description", "colour"]))
def test_card_number_is_masked_in_every_parameter(method: Method, pan: str, name: str) -> None:
    for text in (pan, " ".join(pan[at : at + 4] for at in range(0, len(pan), 4)), f"x {pan} y"):
        entry = closed(call_of(method, Fields.of([(name, text), (text, "a value as a name")])))
        assert pan not in repr(entry).replace(" ", "")


@pytest.mark.parametrize("method", CLASSIC.methods, ids=lambda each: each.name)
def test_card_of_each_method_shows_ten_digits_though_its_values_were_overwritten(
    method: Method,
) -> None:
    codes = {"cvc", "$CVC"} & method.card_names
    numbers = method.card_names - codes
    fields = Fields.of(
        [(name, "738" if name in codes else "5555555555555599") for name in method.card_names]
    )
    call = call_of(method, fields)
    call.keep_cards(method, fields)
    drop_card_values(method, fields)
    shown = {each.name: each for each in closed(call).content.parameters}
    assert {shown[name].value for name in numbers} <= {"555555**5599"}
    assert {shown[name].value for name in codes} <= {"***"}
    assert all(shown[name].masked for name in method.card_names)


@pytest.mark.parametrize("method", CLASSIC.methods, ids=lambda each: each.name)
def test_each_secret_parameter_of_the_tables_is_hidden(method: Method) -> None:
    names = [name for row in method.parameters for name in row.names if is_secret_name(name)]
    fields = Fields.of([(name, "ZqSecretSecret77") for name in names])
    assert "ZqSecretSecret77" not in repr(closed(call_of(method, fields)))


@given(st.sampled_from(SECRET_NAMES), SECRETS, PANS)
def test_answer_is_masked_in_json_xml_and_text(name: str, value: str, pan: str) -> None:
    members = json.dumps({"orderId": "1", name: value, "note": f"card {pan}"}).encode()
    element = name.lstrip("$")
    answers = (
        (members, b"application/json;charset=UTF-8"),
        (f"<a><{element}>{value}</{element}><b>{pan}</b></a>".encode(), b"text/xml"),
        (f"{name}={value} {pan}".encode(), b"text/plain"),
        (f"<html>{value} {pan}".encode(), b"text/html"),
    )
    for body, kind in answers:
        entry = repr(closed(call_of(None, None), body, kind))
        assert value not in entry
        assert pan not in entry


@given(SECRETS, PANS)
def test_bodies_of_soap_and_json_are_masked(value: str, pan: str) -> None:
    message = f"<Security><wsse:Password Type='t'>{value}</wsse:Password></Security><d>{pan}</d>"
    body = json.dumps({"key": value, "inner": {"password": value}, "note": pan}).encode()
    keeps: tuple[Callable[[], None], ...] = (
        lambda: keep_envelope(message.encode(), with_card=False),
        lambda: keep_json(body),
    )
    for keep in keeps:
        call = call_of(None, None)
        token = set_open_call(call)
        try:
            keep()
        finally:
            reset_open_call(token)
        entry = repr(closed(call))
        assert value not in entry
        assert pan not in entry


@given(PANS)
def test_card_number_is_masked_in_path_rule_notes_and_login(pan: str) -> None:
    call = call_of(CLASSIC.methods[0], Fields.of([("userName", pan)]))
    call.table = None
    call.scope["path"] = f"/payment/rest/{pan}"
    call.method, call.rule, call.parameter = f"{pan}.do", f"{pan}: unknown", pan
    call.notes = (Note(pan, f"ignored beside {pan}"),)
    assert pan not in repr(closed(call))


@given(st.integers(0, 40), PANS)
def test_value_that_is_cut_inside_a_card_number_shows_no_part_of_it(shift: int, pan: str) -> None:
    value = "я" * (VALUE_CHARS_MAX - shift) + pan + "x" * 100
    (sent,) = closed(
        call_of(CLASSIC.methods[0], Fields.of([("description", value)]))
    ).content.parameters
    assert sent.cut or shift > len(pan)
    digits = "".join(filter(str.isdigit, sent.value))
    assert len(digits) <= 10
    answer = f'{{"note":"{"я" * (8_000 - shift)}{pan}{"x" * 20_000}"}}'.encode()
    shown = closed(call_of(None, None), answer).content.answer
    assert len("".join(filter(str.isdigit, shown))) <= 10


def test_many_and_long_parameters_are_bounded() -> None:
    pairs = [(f"name{number}", "x" * 5_000) for number in range(PARAMETERS_MAX * 2)]
    sent = closed(call_of(CLASSIC.methods[0], Fields.of(pairs))).content.parameters
    assert sum(len(each.value) for each in sent) < 40_000
    assert sent[-1].cut


@pytest.mark.parametrize("method", CLASSIC.methods, ids=lambda each: each.name)
def test_mistyped_card_number_in_another_field_of_the_card_is_masked(method: Method) -> None:
    rows = [row for row in method.parameters if row.type in (EXPIRY, HOLDER)]
    names = {name for row in rows for name in (*row.names, *row.parts)}
    for name in (*names, "YYYY", "expiry"):
        for text in ("4111111111111112", "4111 1111 1111 1112", "x4111111111111112"):
            entry = closed(call_of(method, Fields.of([(name, text)])))
            assert "1111111111" not in repr(entry).replace(" ", "")
    assert names <= OTHER_CARD_FIELDS


def test_password_that_looks_like_a_card_number_is_hidden() -> None:
    for name in ("password", "token"):
        fields = Fields.of([(name, "4111111111111111")])
        (sent,) = closed(call_of(CLASSIC.methods[0], fields)).content.parameters
        assert sent.value == "***"
