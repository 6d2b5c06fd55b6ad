"""The callback request: address, headers and body exactly as they go over the wire, signed.

Separate from sending, so that the bytes that are shown, stored and sent are the same, and can be
tested without a network. Source: callbacks.md §1, §3.1, §6.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from altyn.domain.callback import (
    OF_BINDINGS,
    CallbackMethod,
    CallbackRequest,
    CallbackSettings,
    ChecksumKind,
    is_reserved_header,
)
from altyn.domain.outbox import ClaimedEntry
from altyn.protocol.addresses import ascii_address, with_query
from altyn.protocol.dialects.classic.callbacks.checksum import canonical

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json;charset=UTF-8"

ADDRESSES_REMEMBERED: Final = 4096  # most shops have one

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs callbacks. `sign` computes the checksum of the canonical string.

    `alias` is the name of the key, by which a shop finds the certificate; None for a shared key.
    """

    alias: str | None
    sign: Callable[[str], str]


def callback_request(
    callback: ClaimedEntry, settings: CallbackSettings, signer: Signer | None
) -> CallbackRequest:
    """The request of one delivery of a callback. Without a signer it is unsigned.

    GET: parameters after the query of the receiver's address. POST: as a form in the body. JSON:
    an object in the body. The same callback, settings and signer make the same request.
    Source: callbacks.md §1, §5 (repeated as it was), §6.
    """
    signed = canonical(callback.parameters) if signer else None
    checksum = signer.sign(signed) if signer and signed is not None else None
    parameters = {**callback.parameters}
    if signer and signer.alias and _names_its_key(settings):
        parameters["sign_alias"] = signer.alias
    if checksum is not None:
        parameters["checksum"] = checksum
    url = request_address(callback.receiver)
    if settings.method is CallbackMethod.GET:
        method, url, body, kind = "GET", with_query(url, _encoded(parameters)), None, None
    elif settings.method is CallbackMethod.POST:
        method, body, kind = "POST", _encoded(parameters).encode(), FORM
    else:
        method, body, kind = "POST", _as_json(callback.operation, parameters), JSON
    return CallbackRequest(
        method=method,
        url=url,
        headers=_headers(kind, settings.headers),
        body=body,
        signed=signed,
        checksum=checksum,
    )


def _names_its_key(settings: CallbackSettings) -> bool:
    """Whether `sign_alias` is sent. Some client libraries sign it too, so a shop with a shared key
    has to ask for it.

    Source: callbacks.md §6.4.
    """
    return settings.checksum is ChecksumKind.ASYMMETRIC or "sign_alias" in settings.parameters


# ── Parameters ────────────────────────────────────────────────────────────────────────────────────


def _encoded(parameters: Mapping[str, str]) -> str:
    """Percent-encoded UTF-8; a space is %20, which every receiver reads as a space."""
    return urlencode(parameters, quote_via=quote, safe="")


_TOP: Final = ("mdOrder", "orderNumber", "operation", "status", "sign_alias", "checksum")


def _as_json(operation: str, parameters: Mapping[str, str]) -> bytes:
    """The core on top, `status` as a number; a callback about a stored card is flat.

    Source: callbacks.md §3.1.
    """
    if operation in OF_BINDINGS:
        return msgspec.json.encode(parameters)
    members: dict[str, object] = {name: parameters[name] for name in _TOP if name in parameters}
    if "status" in members:
        members["status"] = int(parameters["status"])
    more = {name: value for name, value in parameters.items() if name not in members}
    if more:
        members["additionalParams"] = more
    return msgspec.json.encode(members)


# ── The receiver's address ────────────────────────────────────────────────────────────────────────

_WITHOUT_PATH: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*://[^/?#]*)(?=\?|$)")


@lru_cache(ADDRESSES_REMEMBERED)
def request_address(receiver: str) -> str:
    """A receiver's address as a request can carry it: in ASCII, with a path, without a fragment."""
    return _WITHOUT_PATH.sub(r"\1/", ascii_address(receiver.partition("#")[0]), count=1)


# ── Headers ───────────────────────────────────────────────────────────────────────────────────────

_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


def _headers(kind: str | None, more: tuple[str, ...]) -> tuple[Header, ...]:
    """The gateway's headers, then the merchant's; a merchant's header replaces one of ours by the
    same name."""
    theirs = tuple(_merchant_headers(more))
    named = {name.lower() for name, _ in theirs}
    ours: tuple[Header, ...] = (("Content-Type", kind),) if kind else ()
    return (*(each for each in ours if each[0].lower() not in named), *theirs)


def _merchant_headers(lines: tuple[str, ...]) -> Iterator[Header]:
    """The `Name=value` lines that are valid headers. Invalid lines and reserved names are left out.

    Source: callbacks.md §1.
    """
    for line in lines:
        name, sign, value = (part.strip() for part in line.partition("="))
        fits = sign and _NAME.fullmatch(name) and _VALUE.fullmatch(value)
        if fits and not is_reserved_header(name):
            yield name, value
