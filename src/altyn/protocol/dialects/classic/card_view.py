"""The card of a status answer: `cardAuthInfo` with its 3-D Secure, and `bankInfo` of its issuer.

Its rows read the last attempt with a card; those of `order_view.py` read the order.
Source: rest-orders.md §4.2; codes.md §5, §6; merchant-settings.md §4, §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.card.values import PaymentSystem
from altyn.domain.merchant import Permission
from altyn.protocol import eci
from altyn.protocol.dialects.classic.status_fields import Field, Fields, OrderView, show
from altyn.protocol.issuers import issuer_of
from altyn.protocol.threeds import TransStatus

# ── The issuer ────────────────────────────────────────────────────────────────────────────────────


def bank_info(view: OrderView) -> dict[str, Any]:
    """`bankInfo`: the issuer of the card, or that the issuer is unknown."""
    english = view.language == "en"
    issuer = issuer_of(view.card.masked_pan) if view.card else None
    if issuer is None:
        country = "<Unknown>" if english else "<Неизвестно>"
        return {"bankCountryCode": "UNKNOWN", "bankCountryName": country}
    return {
        "bankName": issuer.name,
        "bankCountryCode": issuer.country_code,
        "bankCountryName": issuer.country_en if english else issuer.country_ru,
    }


# ── 3-D Secure ────────────────────────────────────────────────────────────────────────────────────

# `authTypeIndicator` up to version 42, `threeDsType` from then on: one list of values.
TYPE_SSL: Final = "0"
TYPE_VERSION_1: Final = "1"
TYPE_VERSION_1_ATTEMPT: Final = "2"
TYPE_VERSION_2_CHALLENGE: Final = "3"
TYPE_VERSION_2_FRICTIONLESS: Final = "4"
TYPE_VERSION_2_ATTEMPT: Final = "5"

PROTOCOL_VERSIONS: Final = {"1": "1.0.2", "2": "2.1.0"}


@dataclass(frozen=True, slots=True)
class _Proof:
    """The 3-D Secure data of an attempt, and the payment system, by which its ECI is read."""

    data: ThreeDSData
    system: PaymentSystem


def _three_ds_type(proof: _Proof) -> str | None:
    """How the holder was authenticated; None while that is not known."""
    data = proof.data
    if data.eci is None or data.version not in PROTOCOL_VERSIONS:
        return None
    if data.eci == eci.eci(proof.system, eci.AuthenticationLevel.NONE):
        return TYPE_SSL
    full = data.eci == eci.eci(proof.system, eci.AuthenticationLevel.FULL)
    if data.version == "1":
        return TYPE_VERSION_1 if full else TYPE_VERSION_1_ATTEMPT
    if not full:
        return TYPE_VERSION_2_ATTEMPT
    challenged = data.r_req == TransStatus.AUTHENTICATED
    return TYPE_VERSION_2_CHALLENGE if challenged else TYPE_VERSION_2_FRICTIONLESS


def _three_ds_info(proof: _Proof) -> dict[str, Any] | None:
    values = {"cavv": proof.data.cavv, "xid": proof.data.xid}
    return {name: value for name, value in values.items() if value} or None


SECURE_AUTH_INFO: Final[Fields[_Proof]] = Fields(
    source="rest-orders.md §4.2, codes.md §5",
    rows=(
        Field("eci", lambda p: p.data.eci, "known", needs=Permission.SEND_ECI_CAVV),
        Field("threeDSInfo", _three_ds_info, "cavv or xid", needs=Permission.SEND_ECI_CAVV),
        Field("veResStatus", lambda p: p.data.ve_res or None, "enrolment asked", since=7),
        Field("paResStatus", lambda p: p.data.pa_res or None, "back from the ACS, 3DS 1", since=7),
        Field("authTypeIndicator", _three_ds_type, "eci known", before=43),
        Field("aResTransStatus", lambda p: p.data.a_res or None, "3DS 2", since=30),
        Field("rReqTransStatus", lambda p: p.data.r_req or None, "3DS 2, challenged", since=30),
        Field(
            "threeDSProtocolVersion",
            lambda p: PROTOCOL_VERSIONS.get(p.data.version),
            "enrolment asked",
            since=30,
        ),
        Field("threeDsType", _three_ds_type, "eci known", since=42),
    ),
)


def _proof(view: OrderView) -> _Proof | None:
    data = view.card_attempt.authentication if view.card_attempt else None
    if data is None:
        return None
    # a card of an unknown system gets the ECI of a Visa card, so it is read as one
    system = view.card.system if view.card else None
    return _Proof(data, PaymentSystem(system) if system else PaymentSystem.VISA)


def _secure_auth_info(view: OrderView) -> dict[str, Any] | None:
    proof = _proof(view)
    return (show(SECURE_AUTH_INFO, proof, view.merchant) or None) if proof else None


def three_ds_type(view: OrderView) -> str | None:
    """How the holder was authenticated, one of the `TYPE_` values; None while not known."""
    proof = _proof(view)
    return _three_ds_type(proof) if proof else None


# ── The card ──────────────────────────────────────────────────────────────────────────────────────


def masked_pan(view: OrderView) -> str | None:
    """First six and last four digits of the last card."""
    return view.card.masked_pan if view.card else None


def expiration(view: OrderView) -> str | None:
    """YYYYMM."""
    return (view.card.expiry or None) if view.card else None


def cardholder_name(view: OrderView) -> str | None:
    """The holder as typed by the payer."""
    return (view.card.holder or None) if view.card else None


def approval_code(view: OrderView) -> str | None:
    """The issuer's six characters; a declined attempt has none."""
    return (view.card_attempt.approval_code or None) if view.card_attempt else None


def payment_system(view: OrderView) -> str | None:
    """The system of the last card, as far as its number shows."""
    return (view.card.system or None) if view.card else None


def _product(view: OrderView) -> str | None:
    card = view.card
    if card is None or not card.system or issuer_of(card.masked_pan) is None:
        return None
    return f"{card.system.lower()}-product"


def _product_category(view: OrderView) -> str | None:
    issuer = issuer_of(view.card.masked_pan) if view.card else None
    return issuer.product_category if issuer else None


def _corporate_card(view: OrderView) -> str | None:
    # typed clients read text here, not a boolean
    return "false" if view.card and issuer_of(view.card.masked_pan) else None


CARD_AUTH_INFO: Final[Fields[OrderView]] = Fields(
    source="rest-orders.md §4.2",
    rows=(
        Field("maskedPan", masked_pan),
        Field("expiration", expiration, "given"),
        Field("cardholderName", cardholder_name, "given"),
        Field("approvalCode", approval_code, "approved"),
        Field("paymentSystem", payment_system, "known by the number", since=8),
        Field("product", _product, "issuer known", since=8),
        Field("productCategory", _product_category, "issuer known", since=17),
        Field("corporateCard", _corporate_card, "issuer known", since=35),
        Field("chargeback", lambda _: False, before=6),
        Field("secureAuthInfo", _secure_auth_info, "one of its fields is there"),
        Field("pan", masked_pan),  # the same text again: clients read either
    ),
)


def card_auth_info(view: OrderView) -> dict[str, Any] | None:
    """`cardAuthInfo`, once there was an attempt with a card."""
    return show(CARD_AUTH_INFO, view, view.merchant) if view.card else None
