"""The acquiring message format: requests to the acquiring bank and its responses.

The format is our own, JSON over HTTP or values in process. A real bank replaces the simulator of
the sandbox by another address.
Source: docs/architecture.md; codes.md §4 (action codes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from altyn.domain.card.values import Cvc, Expiry, Pan

MESSAGE_BYTES_MAX: Final = 16_384
AMOUNT_MINOR_MAX: Final = 10**12 - 1  # the wire's N..12
RRN_PATTERN: Final = re.compile(r"[0-9]{12}")
APPROVAL_CODE_PATTERN: Final = re.compile(r"[0-9A-Za-z]{6}")
AVS_CODE_PATTERN: Final = re.compile(r"[A-F]")
NETWORK_ID_PATTERN: Final = re.compile(r"[0-9A-Za-z]{8,36}")


class AcquiringFormatError(ValueError):
    """The bytes are not a message of this format.

    The text never repeats what was received, for that may hold a PAN.
    """


class AcquirerOperation(StrEnum):
    """What the bank is asked to do."""

    AUTHORISE = "AUTHORISE"  # reserve a sum on a card, or take it at once (deposit_at_once)
    DEPOSIT = "DEPOSIT"  # take a reserved sum, whole or in part; the rest is released
    REVERSE = "REVERSE"  # give back a reserved sum, or a taken one whose day is not over
    REFUND = "REFUND"  # give back a taken sum, whole or in part
    PAYOUT = "PAYOUT"  # pay a sum to a card that has paid nothing before (a credit)
    INQUIRE = "INQUIRE"  # what became of a key?


class AcquirerOutcome(StrEnum):
    """The outcome of a request. Only APPROVED, DECLINED and NOT_SENT are final."""

    APPROVED = "APPROVED"
    PENDING = "PENDING"  # the bank has it and is not done: inquire later
    DECLINED = "DECLINED"
    NOT_SENT = "NOT_SENT"  # the bank does not have it, and never will under this key
    UNKNOWN = "UNKNOWN"  # asked, not answered: it may have happened; inquire


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCheck:
    """The request to check a card before a payment. Nothing is reserved, so it needs no key.

    It comes before 3-D Secure, because a CVC is kept for one call only and may not wait for the
    payer.
    """

    pan: Pan
    expiry: Expiry
    cvc: Cvc | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquirerRequest:
    """One request to the bank.

    `key` is an idempotency key: asked twice, done once, answered the same. The same key with other
    contents is declined with action code 94 and changes nothing.

    AUTHORISE names the card (`pan`, `expiry` as YYYYMM, `cvc` where the payer gave one) and the
    result of 3-D Secure (`eci`, `cavv`, `xid`). `deposit_at_once` makes it a purchase: the sum is
    taken, not held. `verify_only` checks the card and reserves nothing. `moto`: the payer gave the
    card by mail or telephone.
    PAYOUT names the card in the same way, without a result of 3-D Secure.
    DEPOSIT, REVERSE and REFUND name the authorisation by `original_key`, the key it was asked with.
    INQUIRE has in `key` the key of the request it asks about; the response is the result of that.
    An inquiry for a key that the bank does not have answers NOT_SENT **and closes the key**: a
    request that comes late with it is not carried out and is answered NOT_SENT too, so the gateway
    may treat it as not sent.

    `amount_minor` is in minor units of `currency` (ISO 4217, three digits). INQUIRE ignores both.
    `order_number` and `description` (24 characters) are the shop's, for the payer's statement;
    `address` and `postal_code` are the card's, where the merchant checks addresses (AVS).
    `initiator` says who began a payment that stores a card or uses a stored one (codes.md §7, tii);
    `first_transaction_id` is the network transaction id of the payment that has stored the card.
    """

    key: str
    operation: AcquirerOperation
    merchant: str
    terminal: str
    amount_minor: int
    currency: str
    original_key: str | None = None
    pan: Pan | None = None
    expiry: str | None = None
    cvc: Cvc | None = None
    eci: int | None = None
    cavv: str | None = None
    xid: str | None = None
    verify_only: bool = False
    deposit_at_once: bool = False
    moto: bool = False
    order_number: str | None = None
    description: str | None = None
    address: str | None = None
    postal_code: str | None = None
    initiator: str | None = None
    first_transaction_id: str | None = None

    def card_check(self) -> CardCheck | None:
        """The card check for the card of the request; None where it names no card or no expiry."""
        if self.pan is None or self.expiry is None:
            return None
        return CardCheck(pan=self.pan, expiry=Expiry.parse(self.expiry), cvc=self.cvc)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquirerResponse:
    """The bank's answer. `action_code` is 0 for APPROVED, else one of codes.md §4.2.

    `rrn` (12 digits) and `approval_code` (6 characters) are the authorisation's own for AUTHORISE,
    DEPOSIT and REVERSE; a refund and a payout have an RRN of their own. Both are absent where
    nothing was approved.
    `avs_code` (A to F, codes.md §6) answers an AUTHORISE that named an address.
    `network_transaction_id` is the payment system's number of an approved AUTHORISE or PAYOUT:
    later payments with the stored card name that of an AUTHORISE as `first_transaction_id`.
    """

    outcome: AcquirerOutcome
    action_code: int
    rrn: str | None = None
    approval_code: str | None = None
    avs_code: str | None = None
    network_transaction_id: str | None = None


class _QuestionOnWire(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    key: str
    operation: AcquirerOperation
    merchant: str
    terminal: str
    amount_minor: int
    currency: str
    original_key: str | None = None
    pan: str | None = None
    expiry: str | None = None
    cvc: str | None = None
    eci: int | None = None
    cavv: str | None = None
    xid: str | None = None
    verify_only: bool = False
    deposit_at_once: bool = False
    moto: bool = False
    order_number: str | None = None
    description: str | None = None
    address: str | None = None
    postal_code: str | None = None
    initiator: str | None = None
    first_transaction_id: str | None = None


class _ReplyOnWire(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    outcome: AcquirerOutcome
    action_code: int
    rrn: str | None = None
    approval_code: str | None = None
    avs_code: str | None = None
    network_transaction_id: str | None = None


class _CardCheckOnWire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pan: str
    expiry: str
    cvc: str | None = None


class _CardCheckReplyOnWire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    action_code: int | None


Wire = TypeVar("Wire", bound=msgspec.Struct)


def encode_request(request: AcquirerRequest) -> bytes:
    """A request as JSON, PAN and CVC in clear, as they are sent; do not log it."""
    return msgspec.json.encode(
        _QuestionOnWire(
            key=request.key,
            operation=request.operation,
            merchant=request.merchant,
            terminal=request.terminal,
            amount_minor=request.amount_minor,
            currency=request.currency,
            original_key=request.original_key,
            pan=request.pan.reveal() if request.pan else None,
            expiry=request.expiry,
            cvc=request.cvc.reveal() if request.cvc else None,
            eci=request.eci,
            cavv=request.cavv,
            xid=request.xid,
            verify_only=request.verify_only,
            deposit_at_once=request.deposit_at_once,
            moto=request.moto,
            order_number=request.order_number,
            description=request.description,
            address=request.address,
            postal_code=request.postal_code,
            initiator=request.initiator,
            first_transaction_id=request.first_transaction_id,
        )
    )


def decode_request(body: bytes) -> AcquirerRequest:
    """The request in a JSON body.

    Refuses (AcquiringFormatError): too long, not this JSON, no key, no expiry, no card number.
    """
    wire = _decode(body, _QuestionOnWire)
    if not wire.key:
        raise AcquiringFormatError("a request needs a key")
    if not 0 <= wire.amount_minor <= AMOUNT_MINOR_MAX:
        raise AcquiringFormatError("the amount is out of bounds")
    if wire.expiry is not None:
        _expiry(wire.expiry)
    return AcquirerRequest(
        key=wire.key,
        operation=wire.operation,
        merchant=wire.merchant,
        terminal=wire.terminal,
        amount_minor=wire.amount_minor,
        currency=wire.currency,
        original_key=wire.original_key,
        pan=None if wire.pan is None else _pan(wire.pan),
        expiry=wire.expiry,
        cvc=None if wire.cvc is None else _cvc(wire.cvc),
        eci=wire.eci,
        cavv=wire.cavv,
        xid=wire.xid,
        verify_only=wire.verify_only,
        deposit_at_once=wire.deposit_at_once,
        moto=wire.moto,
        order_number=wire.order_number,
        description=wire.description,
        address=wire.address,
        postal_code=wire.postal_code,
        initiator=wire.initiator,
        first_transaction_id=wire.first_transaction_id,
    )


def encode_response(response: AcquirerResponse) -> bytes:
    """A response as JSON."""
    return msgspec.json.encode(
        _ReplyOnWire(
            outcome=response.outcome,
            action_code=response.action_code,
            rrn=response.rrn,
            approval_code=response.approval_code,
            avs_code=response.avs_code,
            network_transaction_id=response.network_transaction_id,
        )
    )


def decode_response(body: bytes) -> AcquirerResponse:
    """The response in a JSON body.

    Refuses (AcquiringFormatError): too long, not this JSON, an RRN or approval code of other form.
    A connector should take a refusal here as UNKNOWN: the bank did answer, only not legibly.
    """
    wire = _decode(body, _ReplyOnWire)
    if wire.rrn is not None:
        _require(RRN_PATTERN, wire.rrn, "RRN")
    if wire.approval_code is not None:
        _require(APPROVAL_CODE_PATTERN, wire.approval_code, "approval code")
    if wire.avs_code is not None:
        _require(AVS_CODE_PATTERN, wire.avs_code, "AVS code")
    if wire.network_transaction_id is not None:
        _require(NETWORK_ID_PATTERN, wire.network_transaction_id, "network transaction id")
    return AcquirerResponse(
        outcome=wire.outcome,
        action_code=wire.action_code,
        rrn=wire.rrn,
        approval_code=wire.approval_code,
        avs_code=wire.avs_code,
        network_transaction_id=wire.network_transaction_id,
    )


def encode_card_check(check: CardCheck) -> bytes:
    """A card check as JSON, PAN and CVC in clear; do not log it."""
    cvc = check.cvc.reveal() if check.cvc else None
    return msgspec.json.encode(
        _CardCheckOnWire(pan=check.pan.reveal(), expiry=check.expiry.wire, cvc=cvc)
    )


def decode_card_check(body: bytes) -> CardCheck:
    """The card check in a JSON body. Refuses (AcquiringFormatError) as decode_request does."""
    wire = _decode(body, _CardCheckOnWire)
    return CardCheck(
        pan=_pan(wire.pan),
        expiry=_expiry(wire.expiry),
        cvc=None if wire.cvc is None else _cvc(wire.cvc),
    )


def encode_card_check_response(action_code: int | None) -> bytes:
    """The answer to a card check: the action code of the refusal, or none."""
    return msgspec.json.encode(_CardCheckReplyOnWire(action_code=action_code))


def decode_card_check_response(body: bytes) -> int | None:
    """The action code of the refusal, or None where the card passes."""
    return _decode(body, _CardCheckReplyOnWire).action_code


def _decode(body: bytes, wire_type: type[Wire]) -> Wire:
    if len(body) > MESSAGE_BYTES_MAX:
        raise AcquiringFormatError("the message is too long")
    try:
        message = msgspec.json.decode(body, type=wire_type)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Without the cause: msgspec's texts and the frame's locals may repeat the digits of a card.
        raise AcquiringFormatError("the message is not of the acquiring format") from None
    values = (getattr(message, name) for name in message.__struct_fields__)
    if any(isinstance(value, str) and "\0" in value for value in values):
        raise AcquiringFormatError("the message contains the character U+0000")
    return message


def _require(pattern: re.Pattern[str], text: str, name: str) -> None:
    if not pattern.fullmatch(text):
        raise AcquiringFormatError(f"the {name} is not of its form")


def _pan(digits: str) -> Pan:
    try:
        return Pan(digits)
    except ValueError:
        raise AcquiringFormatError("the card number is not one") from None


def _expiry(text: str) -> Expiry:
    try:
        return Expiry.parse(text)
    except ValueError:
        raise AcquiringFormatError("the expiry is not YYYYMM") from None


def _cvc(digits: str) -> Cvc:
    try:
        return Cvc(digits)
    except ValueError:
        raise AcquiringFormatError("the CVC is not one") from None
