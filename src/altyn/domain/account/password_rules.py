"""The rules for passwords that users choose: of the personal account, and of the API.

Source: personal-account.md §1.
"""

import string
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

ACCOUNT_PASSWORD_MIN: Final = 8
ACCOUNT_PASSWORD_MAX: Final = 256
API_PASSWORD_MIN: Final = 18
API_PASSWORD_MAX: Final = 30  # AN..30: longer ones are refused by shops' plugins
SPECIALS: Final = '!"#;:?*()+=/\\<>,.[]{}'
SHORT_NAME: Final = 3
"""A login or name with fewer characters is not looked for: it would refuse most passwords."""

_UPPER: Final = frozenset(string.ascii_uppercase)
_LOWER: Final = frozenset(string.ascii_lowercase)
_DIGITS: Final = frozenset(string.digits)
_SPECIALS: Final = frozenset(SPECIALS)
_ALLOWED: Final = _UPPER | _LOWER | _DIGITS | _SPECIALS


class PasswordRule(StrEnum):
    """A rule that a password may break; the value is the rule for people."""

    LENGTH = f"a password has {ACCOUNT_PASSWORD_MIN} to {ACCOUNT_PASSWORD_MAX} characters"
    API_LENGTH = f"an API password has {API_PASSWORD_MIN} to {API_PASSWORD_MAX} characters"
    CHARACTERS = f"only Latin letters, digits and {SPECIALS} are allowed"
    UPPER = "it needs an upper-case Latin letter"
    LOWER = "it needs a lower-case Latin letter"
    DIGIT = "it needs a digit"
    SPECIAL = f"it needs one of {SPECIALS}"
    SHOP_NAME = "it must not contain the shop's name or a login of the shop"
    UNCHANGED = "it must differ from the password before"


def broken_account_rules(password: str, shop_names: Iterable[str]) -> tuple[PasswordRule, ...]:
    """The rules that a password of the personal account breaks; empty for a good one.

    `shop_names` are the shop's name and all logins of the shop.
    """
    signs = frozenset(password)
    checked = (
        (
            PasswordRule.LENGTH,
            not ACCOUNT_PASSWORD_MIN <= len(password) <= ACCOUNT_PASSWORD_MAX,
        ),
        (PasswordRule.CHARACTERS, not signs <= _ALLOWED),
        (PasswordRule.UPPER, not signs & _UPPER),
        (PasswordRule.LOWER, not signs & _LOWER),
        (PasswordRule.DIGIT, not signs & _DIGITS),
        (PasswordRule.SPECIAL, not signs & _SPECIALS),
        (PasswordRule.SHOP_NAME, _contains_a_name(password, shop_names)),
    )
    return tuple(rule for rule, broken in checked if broken)


def broken_api_rules(password: str, shop_names: Iterable[str]) -> tuple[PasswordRule, ...]:
    """The rules that a password of the API breaks; empty for a good one."""
    signs = frozenset(password)
    checked = (
        (PasswordRule.API_LENGTH, not API_PASSWORD_MIN <= len(password) <= API_PASSWORD_MAX),
        (PasswordRule.CHARACTERS, not signs <= _ALLOWED),
        (PasswordRule.UPPER, not signs & _UPPER),
        (PasswordRule.DIGIT, not signs & _DIGITS),
        (PasswordRule.SHOP_NAME, _contains_a_name(password, shop_names)),
    )
    return tuple(rule for rule, broken in checked if broken)


def _contains_a_name(password: str, names: Iterable[str]) -> bool:
    lowered = password.casefold()
    return any(name.casefold() in lowered for name in names if len(name) >= SHORT_NAME)
