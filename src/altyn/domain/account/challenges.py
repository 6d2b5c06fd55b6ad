"""Challenges that a passkey signs: one for each attempt, for one browser, for five minutes.

Nothing is stored when a challenge is made, so a flood of login pages fills no table. The browser
keeps a token in a cookie; the challenge is a keyed hash of it, so only this gateway can make one.
That a challenge is used once is the task of the store, which keeps the used ones until they end.
"""

import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from altyn.domain.account.passkeys import CHALLENGE_TIME
from altyn.domain.account.sessions import session_token

CHALLENGE_KEY_PURPOSE: Final = "passkey-challenges"
"""What the key of challenges is derived for: `KeyRing.derive(CHALLENGE_KEY_PURPOSE)`."""

_TOKEN_LENGTH_MAX: Final = 128
_SECONDS_DIGITS_MAX: Final = 11


class Purpose(StrEnum):
    """What a challenge is for."""

    ADD = "add"
    """A new passkey; the user's present password was right."""

    LOG_IN = "log in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A challenge and the token by which its browser shows that it got it."""

    value: bytes = field(repr=False)
    token: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Challenges:
    """Makes challenges, and finds them again by their tokens.

    `bound_to` is the token of the session that a challenge is for, empty before a login.
    """

    key: bytes = field(repr=False)

    def new(self, purpose: Purpose, bound_to: str, secret: str, now: datetime) -> Challenge:
        """A new challenge; `secret` is random, without a dot."""
        ends_at = int((now + CHALLENGE_TIME).timestamp())
        return self._of(f"{ends_at}.{secret}", ends_at, purpose, bound_to)

    def found(self, token: str, purpose: Purpose, bound_to: str, now: datetime) -> Challenge | None:
        """The challenge of a token; None for a text that is no token, and after its end."""
        seconds, dot, secret = token[: _TOKEN_LENGTH_MAX + 1].partition(".")
        well_formed = dot and secret and seconds.isascii() and seconds.isdigit()
        if not well_formed or len(token) > _TOKEN_LENGTH_MAX or len(seconds) > _SECONDS_DIGITS_MAX:
            return None
        ends_at = int(seconds)
        if not now.timestamp() < ends_at <= (now + CHALLENGE_TIME).timestamp():
            return None
        return self._of(token, ends_at, purpose, bound_to)

    def user_handle(self, merchant_id: int, login: str) -> str:
        """What the first passkey of a user names the user by; later ones take it from that one.

        It says nothing of the person, and begins with the merchant, by which passkeys are stored.
        """
        content = json.dumps(["user", merchant_id, login]).encode()
        return session_token(merchant_id, hmac.digest(self.key, content, "sha256")[:20].hex())

    def _of(self, token: str, ends_at: int, purpose: Purpose, bound_to: str) -> Challenge:
        content = json.dumps([purpose, bound_to, token]).encode()
        value = hmac.digest(self.key, content, "sha256")
        return Challenge(value=value, token=token, ends_at=datetime.fromtimestamp(ends_at, UTC))
