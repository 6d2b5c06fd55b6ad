"""The words of 3-D Secure that both versions share, and the talk with the directory server.

A message through a browser may be garbage or an attack, so the parsers of `threeds_version1`
and `threeds_version2` are bounded and raise one error only: `ThreeDSFormatError`.
Source: codes.md §5; payment-page.md §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from altyn.domain.card.values import Pan
from altyn.domain.web_address import web_address

PACKED_CHARS_MAX: Final = 32_768
URL_CHARS_MAX: Final = 2_048


class ThreeDSFormatError(ValueError):
    """What came is not a message of this format."""


class SignatureInvalid(ThreeDSFormatError):  # noqa: N818 - the trade says "signature invalid"
    """The message is well formed, but its signature is not the ACS's: action code -2005."""


class VeRes(StrEnum):
    """3-D Secure 1: is the card enrolled?"""

    ENROLLED = "Y"
    NOT_ENROLLED = "N"
    UNKNOWN = "U"


class TransStatus(StrEnum):
    """What an authentication came to: TX.status of PARes, transStatus of ARes, CRes, RReq."""

    AUTHENTICATED = "Y"
    CHALLENGE = "C"  # ARes only
    FAILED = "N"
    ATTEMPTED = "A"
    UNKNOWN = "U"
    REJECTED = "R"


class MethodCompletion(StrEnum):
    """threeDSCompInd: has the ACS seen the browser through the 3DS method?"""

    FINISHED = "Y"
    NOT_FINISHED = "N"
    UNAVAILABLE = "U"


# ── Between the gateway and the directory server ─────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRequest:
    """VEReq: does this card take part? `version` ("1" or "2") is what the merchant prefers."""

    pan: Pan
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """VERes: the answer of the directory server about a card.

    `ve_res` is None when the directory server could not be reached (action code 151017).
    `version` is "1" or "2": the version of this card, which the merchant cannot change.
    Version 1 goes on to `acs_url` with a PaReq naming `account` (it stands for the PAN, which is
    never sent through a browser). Version 2 goes on to `method_url`, or straight to `authenticate`
    where that is empty.
    """

    ve_res: VeRes | None
    version: str
    acs_url: str = ""
    account: str = ""
    method_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationRequest:
    """AReq: authenticate the payer of one payment. `amount_minor` in minor units of `currency`.

    `expiry` is YYYYMM; `browser` is clientBrowserInfo as the page collected it. The ACS sends the
    browser back to `notification_url` and nowhere else.
    """

    threeds_server_trans_id: str
    pan: Pan
    expiry: str
    amount_minor: int
    currency: str
    merchant: str
    browser: Mapping[str, str | int | bool]
    comp_ind: MethodCompletion
    notification_url: str
    message_version: str = "2.1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationAnswer:
    """ARes. `acs_url` is there for a challenge; `cavv` and `eci` where authenticated or attempted.

    `error` is what the directory server complains of; then `trans_status` is UNKNOWN.
    """

    trans_status: TransStatus
    acs_trans_id: str
    acs_url: str = ""
    cavv: str | None = None
    eci: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeResult:
    """RReq: how the challenge ended, from the ACS directly. A CRes comes through the browser
    and proves nothing."""

    trans_status: TransStatus
    cavv: str | None = None
    eci: int | None = None
    cancelled: bool = False


def check_url(url: str) -> None:
    """Hold an address the browser will be sent to: http or https, a host, nothing unprintable.

    Refuses (ThreeDSFormatError): all else, above all `javascript:` addresses.
    """
    if len(url) > URL_CHARS_MAX or not (url.isascii() and url.isprintable()) or " " in url:
        raise ThreeDSFormatError("the address is too long or has odd characters")
    if web_address(url) is None:
        raise ThreeDSFormatError("the address must be http or https")


def bounded(text: str) -> str:
    """Hold a packed message to PACKED_CHARS_MAX characters."""
    if len(text) > PACKED_CHARS_MAX:
        raise ThreeDSFormatError("the message is too long")
    return text
