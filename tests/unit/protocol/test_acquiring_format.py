"""The acquiring format: what goes in comes out, what is not of it is refused, and no card shows."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.protocol.acquiring import (
    MESSAGE_BYTES_MAX,
    AcquirerOperation,
    AcquirerOutcome,
    AcquirerRequest,
    AcquirerResponse,
    AcquiringFormatError,
    CardCheck,
    decode_card_check,
    decode_card_check_reply,
    decode_question,
    decode_reply,
    encode_card_check,
    encode_card_check_reply,
    encode_question,
    encode_reply,
)

DIGITS = "4111111111111111"
QUESTION = AcquirerRequest(
    key="0b5f2a34-1",
    operation=AcquirerOperation.AUTHORISE,
    merchant="demo",
    terminal="00000001",
    amount_minor=100_000,
    currency="643",
    pan=Pan(DIGITS),
    expiry="202812",
    cvc=Cvc("987"),
    eci=5,
    cavv="A" * 28,
    xid="B" * 28,
    deposit_at_once=True,
)
REPLY = AcquirerResponse(
    outcome=AcquirerOutcome.APPROVED, action_code=0, rrn="612345678901", approval_code="123456"
)


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
        replace(QUESTION, deposit_at_once=False, verify_only=True, cvc=None),
        AcquirerRequest(
            key="k2",
            operation=AcquirerOperation.REFUND,
            merchant="demo",
            terminal="1",
            amount_minor=1,
            currency="978",
            original_key="k1",
        ),
    ],
)
def test_a_question_comes_out_as_it_went_in(question: AcquirerRequest) -> None:
    assert decode_question(encode_question(question)) == question


@pytest.mark.parametrize("outcome", AcquirerOutcome)
def test_a_reply_comes_out_as_it_went_in(outcome: AcquirerOutcome) -> None:
    for reply in (
        replace(REPLY, outcome=outcome),
        AcquirerResponse(outcome=outcome, action_code=-1),
    ):
        assert decode_reply(encode_reply(reply)) == reply


def test_a_card_check_comes_out_as_it_went_in() -> None:
    for cvc in (Cvc("987"), None):
        check = CardCheck(pan=Pan(DIGITS), expiry=Expiry(2028, 12), cvc=cvc)
        assert decode_card_check(encode_card_check(check)) == check
    for code in (None, 71015):
        assert decode_card_check_reply(encode_card_check_reply(code)) == code


def test_a_card_travels_in_clear_and_prints_masked() -> None:
    assert DIGITS.encode() in encode_question(QUESTION)
    assert DIGITS not in repr(QUESTION)
    assert "987" not in repr(QUESTION)
    assert "411111**1111" in repr(QUESTION)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("pan", "41111111111111x1"),
        ("pan", 4111111111111111),
        ("cvc", "12345"),
        ("expiry", "202813"),
        ("expiry", "1228"),
        ("amount_minor", "100000"),
        ("amount_minor", 1.5),
        ("operation", "STEAL"),
        ("key", ""),
        ("surprise", 1),
    ],
)
def test_a_malformed_question_is_refused_without_repeating_it(field: str, wrong: object) -> None:
    fields = json.loads(encode_question(QUESTION)) | {field: wrong}
    with pytest.raises(AcquiringFormatError) as refusal:
        decode_question(json.dumps(fields).encode())
    assert "4111" not in str(refusal.value)
    # The cause would print with the traceback, and msgspec's texts may quote what was received.
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("rrn", "12345"), ("approval_code", "12345"), ("outcome", "MAYBE"), ("action_code", None)],
)
def test_a_malformed_reply_is_refused(field: str, wrong: object) -> None:
    fields = json.loads(encode_reply(REPLY)) | {field: wrong}
    with pytest.raises(AcquiringFormatError):
        decode_reply(json.dumps(fields).encode())


def test_a_message_too_long_is_refused() -> None:
    with pytest.raises(AcquiringFormatError):
        decode_reply(encode_reply(REPLY) + b" " * MESSAGE_BYTES_MAX)


@given(st.one_of(st.binary(), st.text().map(str.encode), st.just(b"[" * 10_000)))
def test_garbage_is_refused_and_nothing_else_happens(garbage: bytes) -> None:
    for decode in (decode_question, decode_reply, decode_card_check, decode_card_check_reply):
        with pytest.raises(AcquiringFormatError):
            decode(garbage)
