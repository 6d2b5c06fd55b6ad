"""The acquiring format: round trips, refused messages, and no card number in texts."""

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
    decode_card_check_response,
    decode_request,
    decode_response,
    encode_card_check,
    encode_card_check_response,
    encode_request,
    encode_response,
)

DIGITS = "4111111111111111"
REQUEST = AcquirerRequest(
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
RESPONSE = AcquirerResponse(
    outcome=AcquirerOutcome.APPROVED, action_code=0, rrn="612345678901", approval_code="123456"
)


@pytest.mark.parametrize(
    "sent",
    [
        REQUEST,
        replace(REQUEST, deposit_at_once=False, verify_only=True, cvc=None),
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
def test_request_is_decoded_as_it_was_encoded(sent: AcquirerRequest) -> None:
    assert decode_request(encode_request(sent)) == sent


def test_request_names_who_began_and_the_first_payment() -> None:
    sent = replace(REQUEST, initiator="R", first_transaction_id="123456789012345")
    assert decode_request(encode_request(sent)) == sent
    fields = json.loads(encode_request(sent))
    assert (fields["initiator"], fields["first_transaction_id"]) == ("R", "123456789012345")


@pytest.mark.parametrize("outcome", AcquirerOutcome)
def test_response_is_decoded_as_it_was_encoded(outcome: AcquirerOutcome) -> None:
    for response in (
        replace(RESPONSE, outcome=outcome),
        AcquirerResponse(outcome=outcome, action_code=-1),
    ):
        assert decode_response(encode_response(response)) == response


def test_card_check_is_decoded_as_it_was_encoded() -> None:
    for cvc in (Cvc("987"), None):
        check = CardCheck(pan=Pan(DIGITS), expiry=Expiry(2028, 12), cvc=cvc)
        assert decode_card_check(encode_card_check(check)) == check
    for code in (None, 71015):
        assert decode_card_check_response(encode_card_check_response(code)) == code


def test_card_is_sent_in_clear_and_printed_masked() -> None:
    assert DIGITS.encode() in encode_request(REQUEST)
    assert DIGITS not in repr(REQUEST)
    assert "987" not in repr(REQUEST)
    assert "411111**1111" in repr(REQUEST)


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
def test_malformed_request_is_refused_without_being_shown(field: str, wrong: object) -> None:
    fields = json.loads(encode_request(REQUEST)) | {field: wrong}
    with pytest.raises(AcquiringFormatError) as refusal:
        decode_request(json.dumps(fields).encode())
    assert "4111" not in str(refusal.value)
    # The cause would print with the traceback, and msgspec's texts may quote what was received.
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("rrn", "12345"), ("approval_code", "12345"), ("outcome", "MAYBE"), ("action_code", None)],
)
def test_malformed_response_is_refused(field: str, wrong: object) -> None:
    fields = json.loads(encode_response(RESPONSE)) | {field: wrong}
    with pytest.raises(AcquiringFormatError):
        decode_response(json.dumps(fields).encode())


def test_too_long_message_is_refused() -> None:
    with pytest.raises(AcquiringFormatError):
        decode_response(encode_response(RESPONSE) + b" " * MESSAGE_BYTES_MAX)


@given(st.one_of(st.binary(), st.text().map(str.encode), st.just(b"[" * 10_000)))
def test_garbage_is_a_format_error(garbage: bytes) -> None:
    for decode in (decode_request, decode_response, decode_card_check, decode_card_check_response):
        with pytest.raises(AcquiringFormatError):
            decode(garbage)
