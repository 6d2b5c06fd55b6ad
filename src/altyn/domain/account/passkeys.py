"""Passkeys of users of the personal account: what is stored of one, and the site that it is for.

Source: personal-account.md, Access, as built.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from altyn.domain.account.sessions import merchant_of_token

NAME_LENGTH_MAX: Final = 40
PASSKEYS_MAX: Final = 20
"""How many passkeys a user may have."""

CHALLENGE_TIME: Final = timedelta(minutes=5)
"""How long a response to a challenge is awaited."""

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey as it is stored. Times are UTC.

    `user_handle` is what the authenticator names the user by; all passkeys of a user have the same.
    `public_key` is in the form of COSE. `sign_count` is the authenticator's count of its
    signatures; many authenticators do not count and send 0.
    """

    merchant_id: int
    login: str
    credential_id: bytes
    user_handle: str
    rp_id: str
    public_key: bytes = field(repr=False)
    sign_count: int
    name: str
    added_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential:
    """What an authenticator has created."""

    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int


class PasskeyResponseError(ValueError):
    """A response of an authenticator is malformed, or it is not for this challenge and this site,
    or its signature is wrong. The text says which, for the log."""


@dataclass(frozen=True, slots=True)
class PasskeySite:
    """The site that passkeys are for: the origin of its pages, and its domain name (RP ID)."""

    origin: str
    rp_id: str


class SiteFault(StrEnum):
    """Why a site cannot have passkeys: browsers refuse them there."""

    INSECURE = "insecure"
    """Neither https nor localhost."""

    ADDRESS = "address"
    """The host is an IP address, and passkeys belong to a name."""


def passkey_site(base_url: str) -> PasskeySite | SiteFault:
    """The site of an address, or why it cannot have passkeys: INSECURE, then ADDRESS.

    http://127.0.0.1 is an ADDRESS: http://localhost is the same site with a name. So is a host or a
    port that cannot be: without a public address the client names both.
    """
    try:
        parts = urlsplit(base_url)
        number = parts.port
        host = (parts.hostname or "").encode("idna").decode()  # as browsers write an origin
    except ValueError:
        return SiteFault.ADDRESS
    scheme = parts.scheme
    is_local = host == "localhost" or host.endswith(".localhost")
    is_address = _is_address(host)
    if scheme != "https" and not is_local and not (is_address and ip_address(host).is_loopback):
        return SiteFault.INSECURE
    if is_address:
        return SiteFault.ADDRESS
    port = "" if number in {None, _PORTS.get(scheme)} else f":{number}"
    return PasskeySite(f"{scheme}://{host}{port}", host)


def is_passkey_name(name: str) -> bool:
    """Whether a user may give a passkey this name: 1 to 40 characters that can be printed."""
    return 0 < len(name) <= NAME_LENGTH_MAX and name.isprintable() and name == name.strip()


def merchant_of_handle(user_handle: str) -> int | None:
    """The merchant that a user handle names; None for a text that is none.

    The client writes the handle, so it may have characters that no database stores.
    """
    return merchant_of_token(user_handle) if user_handle.isprintable() else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
