"""The forms of logins, passwords and tokens."""

import re
from dataclasses import dataclass
from typing import Final

LOGIN_FORM: Final = (
    "1 to 30 Latin letters, digits, hyphens and underscores, and begins with a letter or digit"
)
PASSWORD_LENGTH_MIN: Final = 8
PASSWORD_LENGTH_MAX: Final = 256
TOKEN_LENGTH_MIN: Final = 8
TOKEN_LENGTH_MAX: Final = 256

_LOGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}")


@dataclass(frozen=True, slots=True)
class FailedLogin:
    """A login whose password was wrong or could not be checked yet, for the log line of the call.

    `login` is shown only where it has the form of one: any other text may be a password in the
    wrong field. `failures` counts those of the login from the caller's address lately.
    """

    login: str
    failures: int


def is_login(text: str) -> bool:
    """Whether a text has the form of a login; PostgreSQL checks the same rule."""
    return _LOGIN.fullmatch(text) is not None
