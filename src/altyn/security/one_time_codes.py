"""One-time codes of an authenticator app (TOTP, RFC 6238): six digits, a new one every 30 seconds.

The secret is stored encrypted, as the secret settings of merchants are.
"""

import base64
import hmac
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20
STEPS_EITHER_WAY: Final = 1
"""The clock of a phone may differ by one step."""


def new_code_secret() -> str:
    """A random secret in base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_address(secret: str, login: str, issuer: str) -> str:
    """The address in the QR code that an authenticator app scans."""
    name = quote(f"{issuer}:{login}")
    return f"otpauth://totp/{name}?secret={secret}&issuer={quote(issuer)}&digits={DIGITS}"


def matching_step(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The time step of a code that is right at this time; None for a wrong code.

    A step up to `after` has been used, so that its code is not taken twice.
    """
    now_step = int(now.timestamp()) // STEP_SECONDS
    generator = TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - RFC 6238
    sent = code.replace(" ", "").encode("utf-8", "surrogatepass")
    found = None
    for step in range(now_step - STEPS_EITHER_WAY, now_step + STEPS_EITHER_WAY + 1):
        expected = generator.generate(step * STEP_SECONDS)
        if hmac.compare_digest(expected, sent) and step > after:
            found = step
    return found
