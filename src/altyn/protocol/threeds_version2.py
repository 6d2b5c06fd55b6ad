"""3-D Secure version 2: threeDSMethodData, CReq and CRes, base64url of JSON without padding.

Only what is sent through the payer's browser is packed here; AReq, ARes and RReq go between servers
and are plain values of `threeds`.
Source: payment-page.md §4.2; rest-orders.md §5.2.
"""

from __future__ import annotations

import base64
import re
from typing import Final, TypeVar

import msgspec

from altyn.protocol.threeds import ThreeDSFormatError, TransStatus, bounded, check_url

# UUIDs in practice; the bounds keep them fit for logs and databases.
TRANS_ID_PATTERN: Final = re.compile(r"[0-9A-Za-z._-]{1,64}")


class MethodData(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={
        "threeds_server_trans_id": "threeDSServerTransID",
        "notification_url": "threeDSMethodNotificationURL",
    },
    omit_defaults=True,
):
    """threeDSMethodData: which transaction, and where the iframe is to report the method's end.

    The ACS reports without `notification_url`.
    """

    threeds_server_trans_id: str
    notification_url: str = ""


class CReq(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag="CReq",
    tag_field="messageType",
    rename={
        "threeds_server_trans_id": "threeDSServerTransID",
        "acs_trans_id": "acsTransID",
        "window_size": "challengeWindowSize",
        "message_version": "messageVersion",
    },
):
    """The challenge the browser carries to the ACS."""

    threeds_server_trans_id: str
    acs_trans_id: str
    window_size: str = "05"  # full screen
    message_version: str = "2.1.0"


class CRes(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag="CRes",
    tag_field="messageType",
    rename={
        "threeds_server_trans_id": "threeDSServerTransID",
        "acs_trans_id": "acsTransID",
        "trans_status": "transStatus",
        "message_version": "messageVersion",
    },
):
    """The end of the challenge as the browser sends it; only the result of the RReq counts."""

    threeds_server_trans_id: str
    acs_trans_id: str
    trans_status: TransStatus
    message_version: str = "2.1.0"


Message = TypeVar("Message", bound=MethodData | CReq | CRes)


def pack(message: MethodData | CReq | CRes) -> str:
    """Pack a version 2 message: threeDSMethodData, creq or cres."""
    return _base64url(msgspec.json.encode(message))


def unpack(text: str, message_type: type[Message]) -> Message:
    """Unpack a version 2 message of the type wanted. Refuses (ThreeDSFormatError): all else."""
    try:
        message = msgspec.json.decode(_from_base64url(text), type=message_type)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ThreeDSFormatError(f"not a {message_type.__name__}") from None
    _check_id(message.threeds_server_trans_id)
    if isinstance(message, MethodData):
        if message.notification_url:
            check_url(message.notification_url)
    else:
        _check_id(message.acs_trans_id)
    return message


def pack_session_data(md_order: str) -> str:
    """threeDSSessionData of a challenge: the order id in base64url without padding.

    Source: payment-page.md §4.2, step 4b.
    """
    return _base64url(md_order.encode())


def unpack_session_data(text: str) -> str:
    """The order id in a threeDSSessionData. Refuses (ThreeDSFormatError): all else."""
    try:
        return _from_base64url(text).decode()
    except UnicodeDecodeError:
        raise ThreeDSFormatError("threeDSSessionData is not text") from None


def _check_id(text: str) -> None:
    if not TRANS_ID_PATTERN.fullmatch(text):
        raise ThreeDSFormatError("an id is missing or malformed")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _from_base64url(text: str) -> bytes:
    """Bytes of base64url text; padding is forgiven, the letters of plain base64 are not."""
    bare = bounded(text).rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise ThreeDSFormatError("not base64url") from None
