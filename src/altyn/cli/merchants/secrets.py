"""Makes passwords and tokens of API users: AN..30, as shops' plugins and the protocol expect them.

Source: rest-orders.md §1.2.
"""

import secrets
import string
from typing import Final

PASSWORD_LENGTH: Final = 22  # characters, each of almost 6 random bits
TOKEN_LENGTH: Final = 30

_LETTERS_AND_DIGITS: Final = string.ascii_letters + string.digits


def new_password() -> str:
    """A random password of Latin letters and digits."""
    return _random_text(PASSWORD_LENGTH)


def new_token() -> str:
    """A random token of Latin letters and digits, as long as the protocol allows."""
    return _random_text(TOKEN_LENGTH)


def _random_text(length: int) -> str:
    return "".join(secrets.choice(_LETTERS_AND_DIGITS) for _ in range(length))
