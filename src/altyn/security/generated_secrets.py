"""Makes passwords and tokens: of API users, of users of the personal account, and of sessions.

Those of API users are AN..30, as shops' plugins and the protocol expect them.
Source: rest-orders.md §1.2; personal-account.md §1.
"""

import secrets
import string
from typing import Final

PASSWORD_LENGTH: Final = 22  # characters, each of almost 6 random bits
TOKEN_LENGTH: Final = 30
ACCOUNT_PASSWORD_LENGTH: Final = 16

_LETTERS_AND_DIGITS: Final = string.ascii_letters + string.digits
# Easy to type and to read aloud: none of 0, O, 1, l, I.
_CLEAR: Final = "abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!?*+=.:"


def new_password() -> str:
    """A random password of Latin letters and digits: upper case, lower case, and a digit."""
    while True:
        password = _random_text(PASSWORD_LENGTH)
        if not password.isalpha() and password != password.lower() != password.upper():
            return password


def new_token() -> str:
    """A random token of Latin letters and digits, as long as the protocol allows."""
    return _random_text(TOKEN_LENGTH)


def new_account_password() -> str:
    """A random password for the personal account, with a character of each class."""
    signs = [secrets.choice(each) for each in _CLEAR]
    every = "".join(_CLEAR)
    signs += [secrets.choice(every) for _ in range(ACCOUNT_PASSWORD_LENGTH - len(signs))]
    secrets.SystemRandom().shuffle(signs)
    return "".join(signs)


def new_session_secret() -> str:
    """256 random bits, for the token of a session."""
    return secrets.token_urlsafe(32)


def _random_text(length: int) -> str:
    return "".join(secrets.choice(_LETTERS_AND_DIGITS) for _ in range(length))
