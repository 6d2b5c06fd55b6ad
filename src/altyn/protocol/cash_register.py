"""The messages between the gateway and the simulated cash register of the sandbox.

Amounts are minor units, quantities thousandths; times are aware UTC. Source: fiscal.md §9.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

FAILS: Final = "OFDERROR"
SILENT: Final = "OFDTIMEOUT"
SLOW: Final = "OFDSLOW"
"""Words in the name of a product that make the simulated register fail, answer nothing, be slow."""


class RegisterFault(StrEnum):
    """How the simulated register misbehaves: by a product's name, or by a shop's setting."""

    NONE = "none"
    FAILS = "fails"  # it refuses every receipt
    SILENT = "silent"  # the first calls get no answer, though the receipt may be printed
    SLOW = "slow"  # the receipt waits in the register's queue for hours


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLine:
    """One line of a receipt."""

    name: str
    price_minor: int
    quantity_thousandths: int
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRequest:
    """A receipt for a shop's register. `receipt_id` is printed once, however often it is sent.

    `contact` is an e-mail address or a phone number of the payer.
    """

    receipt_id: str
    shop: str
    returns_money: bool
    amount_minor: int
    lines: tuple[RegisterLine, ...]
    contact: str
    fault: RegisterFault = RegisterFault.NONE


class RegisterState(StrEnum):
    """How far a receipt is at the register."""

    WAITING = "waiting"
    PRINTED = "printed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterDocument:
    """What the register has printed; the names are those of the domain's `FiscalData`."""

    registered_at: datetime
    fn_number: str
    ecr_registration_number: str
    serial_number: str
    document_number: int
    document_attribute: str
    shift_number: int
    receipt_number: int
    amount_minor: int
    ofd_receipt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAnswer:
    """The register's answer. `document` is there for PRINTED, `problem` for FAILED.

    `ready_at` is when a waiting receipt will be printed.
    """

    state: RegisterState
    ready_at: datetime | None = None
    document: RegisterDocument | None = None
    problem: str | None = None


class NoAnswerError(Exception):
    """The register does not answer this call."""
