"""The session of a user of the personal account: when it ends, and the secrets that belong to it.

The browser has the token, the database only its hash. Source: personal-account.md §1.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TOKEN_LENGTH_MAX: Final = 128
IDLE_MINUTES_MIN: Final = 10
SECOND_FACTOR_TIME: Final = timedelta(minutes=5)
"""How long a session waits for the one-time code."""

_MERCHANT_DIGITS_MAX: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """A session ends after `idle` without a request, and in any case after `lifetime`."""

    idle: timedelta = timedelta(minutes=15)
    lifetime: timedelta = timedelta(hours=12)


class SessionStage(StrEnum):
    """What the user of a session has shown so far."""

    CODE = "code"
    """The password was right; a one-time code is still needed."""

    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSession:
    """A session as it is stored. Times are UTC, by the gateway's clock."""

    merchant_id: int
    token_hash: bytes = field(repr=False)
    login: str
    stage: SessionStage
    created_at: datetime
    last_request_at: datetime
    ends_at: datetime
    address: str = ""

    def is_over(self, now: datetime, rules: SessionRules) -> bool:
        """Whether the session has ended, by inactivity or by its age."""
        return now >= self.ends_at or now - self.last_request_at >= rules.idle


def session_token(merchant_id: int, secret: str) -> str:
    """The token of a session; it begins with the merchant, by which sessions are stored."""
    return f"{merchant_id}.{secret}"


def merchant_of_token(token: str) -> int | None:
    """The merchant that a token names; None for a text that is not a token."""
    number, dot, secret = token[: TOKEN_LENGTH_MAX + 1].partition(".")
    well_formed = dot and secret and number.isascii() and number.isdigit()
    if not well_formed or len(token) > TOKEN_LENGTH_MAX or len(number) > _MERCHANT_DIGITS_MAX:
        return None
    return int(number)


def token_hash(token: str) -> bytes:
    """What is stored of a token: it has too many random bits to be guessed from this."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def form_token(token: str) -> str:
    """The value that forms of this session carry, so that another site cannot send one (CSRF)."""
    return hmac.digest(token.encode("utf-8", "surrogatepass"), b"form token", "sha256").hex()


def is_form_token(sent: str, token: str) -> bool:
    """Whether a form was made for this session; takes the same time for every wrong value."""
    return hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), form_token(token).encode())
