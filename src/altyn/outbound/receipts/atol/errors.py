"""The error codes of ATOL Online, and what the gateway does about each.

Source: fiscal.md §14.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Meaning(Enum):
    """What an error says of the receipt."""

    KNOWN = auto()  # the provider has this receipt already
    WAITING = auto()  # the provider has it, and has no result yet
    TOKEN = auto()  # the token is not valid any more: get another one
    SETTINGS = auto()  # a person has to change settings; the receipt waits
    REPEAT = auto()  # a failure on the other side: ask again later
    FINAL = auto()  # the receipt is refused in this form


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One error: its meaning, and what a person does about it."""

    meaning: Meaning
    remedy: str = ""


_CREDENTIALS: Final = "correct fiscal.login and fiscal.password of the shop"
_GROUP: Final = "correct fiscal.group of the shop: the group belongs to the login"
_CART: Final = "correct what the shop sends in the cart, and make a new receipt"
_INN: Final = "correct fiscal.inn of the shop: it is the INN of the cash register"
_SUPPORT: Final = "if it stays so, ask the support of the provider"
_REGISTER: Final = "look at the cash registers of the group at the provider"

SERVICE_ERRORS: Final[Mapping[int, ErrorRow]] = {
    0: ErrorRow(Meaning.REPEAT, _SUPPORT),
    1: ErrorRow(Meaning.REPEAT, _SUPPORT),
    10: ErrorRow(Meaning.TOKEN),
    11: ErrorRow(Meaning.TOKEN),
    12: ErrorRow(Meaning.SETTINGS, _CREDENTIALS),
    13: ErrorRow(Meaning.SETTINGS, _CREDENTIALS),
    14: ErrorRow(Meaning.SETTINGS, "ask the support of the provider to unblock the login"),
    20: ErrorRow(Meaning.SETTINGS, _GROUP),
    21: ErrorRow(
        Meaning.SETTINGS,
        "the registers of the group have another FFD version: correct fiscal.ffd or fiscal.group",
    ),
    30: ErrorRow(
        Meaning.SETTINGS,
        "the provider does not know this receipt in the group: name the group and the address "
        "(ALTYN_ATOL_URL) that were in force when it was sent",
    ),
    31: ErrorRow(Meaning.SETTINGS, "correct ALTYN_ATOL_URL"),
    32: ErrorRow(Meaning.FINAL, _CART),
    33: ErrorRow(Meaning.KNOWN),
    34: ErrorRow(Meaning.WAITING),
    40: ErrorRow(Meaning.SETTINGS, "correct ALTYN_ATOL_URL, or update the gateway"),
    41: ErrorRow(Meaning.SETTINGS, "correct ALTYN_ATOL_URL, or update the gateway"),
    50: ErrorRow(Meaning.REPEAT, _SUPPORT),
}
"""Errors of an answer that is no report, by code."""

_FINAL_AT_THE_REGISTER: Final = (
    13, 16, 17, 23, 24, 27, 38, 41, 43, 48, 52, 53, 57, 60, 63, 66, 98, 110, 128, 134, 143, 144,
    145, 146, 147, 161, 163, 192, 193, 195, 2006, 2007,
)  # fmt: skip

REGISTER_ERRORS: Final[Mapping[int, ErrorRow]] = {
    **{code: ErrorRow(Meaning.FINAL, _CART) for code in _FINAL_AT_THE_REGISTER},
    2003: ErrorRow(Meaning.REPEAT, _INN),
    2009: ErrorRow(Meaning.REPEAT, _INN),
}
"""Errors of a report with the status `fail`, by code: those for which the receipt itself is to
blame. The others are failures of a cash register or of its queue."""

_UNKNOWN: Final = ErrorRow(Meaning.REPEAT, _SUPPORT)
_FAILURE: Final = ErrorRow(Meaning.REPEAT, _REGISTER)
SERVICE_TYPES: Final = frozenset({"system", "unknown", ""})


def service_error(code: int) -> ErrorRow:
    """What an error answer means. An unknown code is repeated."""
    return SERVICE_ERRORS.get(code, _UNKNOWN)


def report_error(code: int, kind: str) -> ErrorRow:
    """What the error of a report with the status `fail` means; `kind` is the `type` of the error.

    Errors of the service are those of its other answers.
    """
    if kind in SERVICE_TYPES and code in SERVICE_ERRORS:
        return SERVICE_ERRORS[code]
    if kind == "timeout":
        return _FAILURE
    return REGISTER_ERRORS.get(code, _FAILURE)
