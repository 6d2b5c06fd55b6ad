"""The port of a key service, which wraps the key of the key file, and the values that name one.

A service is a key of our own (from a file or an environment variable) or a key management service
on the network. Its key never leaves it.
"""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

KEY_BYTES: Final = 32
TRANSIT_MOUNT: Final = "transit"
DISTINCT_BYTES_MIN: Final = 8
"""32 random bytes have fewer than 8 different values with a probability below 1 in 10^30."""


class KeyServiceError(Exception):
    """The key service does not wrap or unwrap; the text says what is wrong, where, what to do.

    It quotes neither a key nor a token.
    """


class KeyService(Protocol):
    """Wraps keys of 32 bytes with a key that it alone has.

    It is called when the key file is read or written, never during a payment.
    """

    @property
    def name(self) -> str:
        """The key of the service, as the key file names it."""
        ...

    def wrap(self, key: bytes) -> str:
        """The wrapped key. Raises KeyServiceError."""
        ...

    def unwrap(self, wrapped: str) -> bytes:
        """The key of `wrap`. Raises KeyServiceError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitServer:
    """A key of the transit engine of HashiCorp Vault. The token is text, or read from a file.

    `url` is empty when no server is named.
    """

    url: str
    key: str | None
    mount: str
    token: str | None = field(repr=False)
    token_file: Path | None
    namespace: str | None
    ca_file: Path | None
    timeout_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyServiceSettings:
    """What wraps the key file: at most one of the three; nothing if the file has its keys plain."""

    key: bytes | None = field(default=None, repr=False)
    key_file: Path | None = None
    transit: TransitServer | None = None


class KeyTextError(Exception):
    """The text is not a key; the message says what to write, and quotes nothing."""


def parse_key(text: str) -> bytes:
    """The 32 bytes of a key in base64 or hexadecimal digits.

    Raises KeyTextError: no such text, too short or too long, or a key that is not random.
    """
    text = text.strip()
    try:
        key = (
            bytes.fromhex(text)
            if len(text) == 2 * KEY_BYTES
            else base64.b64decode(text, validate=True)
        )
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyTextError(
            "it must be 32 random bytes in base64 or hexadecimal digits, as written by "
            "`openssl rand -base64 32`"
        )
    if len(set(key)) < DISTINCT_BYTES_MIN:
        raise KeyTextError("it is not random; make a key with `openssl rand -base64 32`")
    return key
