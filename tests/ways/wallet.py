"""The other side of the test-only way to pay: a wallet with its own books, and a payer at a phone.

A payment waits until the payer confirms or refuses it. Every request carries a key: repeated, it
changes nothing and gets the same response. An inquiry about a key that never arrived closes that
key. Sums are in minor units, times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

CODE: Final = "4321"
CODES_MAX: Final = 3
DECLINED_CODE: Final = 100
NO_MONEY_CODE: Final = 116


class Operation(StrEnum):
    """What the wallet is asked to do."""

    PAY = "pay"
    DEPOSIT = "deposit"
    REVERSE = "reverse"
    REFUND = "refund"
    INQUIRE = "inquire"
    CANCEL = "cancel"


class State(StrEnum):
    """How far a request is. CLOSED: the wallet does not have it and never will."""

    WAITING = "waiting"  # for the payer
    PROCESSING = "processing"  # by the wallet itself
    APPROVED = "approved"
    DECLINED = "declined"
    CLOSED = "closed"


class Asks(StrEnum):
    """What the wallet asks of the payer."""

    CONFIRMATION = "confirmation"
    QR = "qr"
    CODE = "code"


class Fault(StrEnum):
    """What goes wrong with the next request that is not an inquiry."""

    UNREACHABLE = "unreachable"  # no connection: nothing is carried out
    REQUEST_LOST = "request_lost"  # time-out, and nothing is carried out
    RESPONSE_LOST = "response_lost"  # time-out, although it was carried out
    PROCESSING = "processing"  # carried out when `finish` is called
    DECLINED = "declined"


class WalletUnreachableError(Exception):
    """No connection was made: the request has not arrived."""


class WalletRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request.

    `original_key` is the payment that a deposit, a reversal or a refund belongs to, and
    `original_reference` the number that the wallet gave it.
    """

    key: str
    operation: Operation
    amount_minor: int
    original_key: str | None = None
    original_reference: str = ""
    hold: bool = False
    expires_at: datetime | None = None
    phone: str = ""
    code: str = ""


class WalletResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What the wallet answers, and what it sends as a notification."""

    key: str
    state: State
    reference: str = ""
    action_code: int = 0
    asks: Asks | None = None
    phone: str = ""
    confirmed_at: datetime | None = None


@dataclass
class Entry:
    """One request in the books. The three sums belong to a payment."""

    request: WalletRequest
    state: State
    reference: str
    action_code: int = 0
    asks: Asks = Asks.CONFIRMATION
    codes: int = 0
    held_minor: int = 0
    deposited_minor: int = 0
    refunded_minor: int = 0
    confirmed_at: datetime | None = None


def _system_time() -> datetime:
    return datetime.now(UTC)


@dataclass
class Wallet:
    """The wallet. `asks` and `faults` are set by a test; `faults` are used up one by one."""

    now: Callable[[], datetime] = _system_time
    asks: Asks = Asks.CONFIRMATION
    faults: list[Fault] = field(default_factory=list)
    answers_inquiries: bool = True
    entries: dict[str, Entry] = field(default_factory=dict)

    # ── The gateway's requests ────────────────────────────────────────────────────────────────────

    def respond(self, request: WalletRequest) -> WalletResponse:
        """Carry a request out. Raises WalletUnreachableError, or TimeoutError for a lost answer."""
        if request.operation is Operation.INQUIRE:
            return self._inquire(request)
        if request.operation is Operation.CANCEL:
            self.refuse(request.key)
            return self.response_of(request.key)
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.UNREACHABLE:
            raise WalletUnreachableError
        if fault is Fault.REQUEST_LOST:
            raise TimeoutError
        response = self._carry_out(request, fault)
        if fault is Fault.RESPONSE_LOST:
            raise TimeoutError
        return response

    def response_of(self, key: str) -> WalletResponse:
        """What is known of a key: the response to its request, and the notification about it."""
        entry = self.entries[key]
        waits = entry.state is State.WAITING
        return WalletResponse(
            key=key,
            state=entry.state,
            reference=entry.reference,
            action_code=entry.action_code,
            asks=entry.asks if waits else None,
            phone=entry.request.phone if waits else "",
            confirmed_at=entry.confirmed_at,
        )

    def _inquire(self, request: WalletRequest) -> WalletResponse:
        if not self.answers_inquiries:
            raise TimeoutError
        if request.key not in self.entries:
            self.entries[request.key] = Entry(request, State.CLOSED, "")
        self._expire(self.entries[request.key])
        return self.response_of(request.key)

    def _carry_out(self, request: WalletRequest, fault: Fault | None) -> WalletResponse:
        entry = self.entries.get(request.key)
        if entry is None:
            entry = self._entered(request)
            if fault is Fault.DECLINED:
                self._decline(entry, NO_MONEY_CODE)
            elif fault is Fault.PROCESSING:
                entry.state = State.PROCESSING
            elif request.operation is not Operation.PAY:
                self.finish(request.key)
        elif request.code and entry.state is State.WAITING:
            self._take_code(entry, request.code)
        return self.response_of(request.key)

    def _entered(self, request: WalletRequest) -> Entry:
        reference = f"W{len(self.entries) + 1:011d}"
        entry = Entry(request, State.WAITING, reference, asks=self.asks)
        self.entries[request.key] = entry
        return entry

    def _take_code(self, entry: Entry, code: str) -> None:
        entry.codes += 1
        if code == CODE:
            self.confirm(entry.request.key)
        elif entry.codes == CODES_MAX:
            self._decline(entry, DECLINED_CODE)

    # ── The payer, and the wallet's own work ──────────────────────────────────────────────────────

    def confirm(self, key: str) -> bool:
        """The payer confirms a payment. False when it does not wait for the payer any more."""
        entry = self.entries[key]
        self._expire(entry)
        if entry.state is not State.WAITING:
            return False
        entry.confirmed_at = self.now()
        self.finish(key)
        return True

    def refuse(self, key: str) -> bool:
        """The payer refuses a payment. False as for `confirm`."""
        entry = self.entries[key]
        self._expire(entry)
        if entry.state is not State.WAITING:
            return False
        self._decline(entry, DECLINED_CODE)
        return True

    def finish(self, key: str) -> None:
        """Approve a request and move its money, or decline it where there is too little."""
        entry = self.entries[key]
        moved = self._move(entry)
        if moved:
            entry.state = State.APPROVED
        else:
            self._decline(entry, NO_MONEY_CODE)

    def _move(self, entry: Entry) -> bool:
        request, amount = entry.request, entry.request.amount_minor
        if request.operation is Operation.PAY:
            entry.held_minor = amount if request.hold else 0
            entry.deposited_minor = 0 if request.hold else amount
            return True
        paid = self.entries[request.original_key or ""]
        assert request.original_reference == paid.reference
        match request.operation:
            case Operation.DEPOSIT if amount <= paid.held_minor:
                paid.held_minor, paid.deposited_minor = 0, amount
            case Operation.REVERSE if amount <= paid.held_minor:
                paid.held_minor -= amount
            case Operation.REVERSE if not paid.held_minor and amount <= paid.deposited_minor:
                paid.deposited_minor -= amount
            case Operation.REFUND if amount <= paid.deposited_minor:
                paid.deposited_minor -= amount
                paid.refunded_minor += amount
            case _:
                return False
        return True

    def _decline(self, entry: Entry, action_code: int) -> None:
        entry.state, entry.action_code = State.DECLINED, action_code

    def _expire(self, entry: Entry) -> None:
        expires_at = entry.request.expires_at
        if entry.state is State.WAITING and expires_at and self.now() >= expires_at:
            self._decline(entry, DECLINED_CODE)

    # ── What tests read ───────────────────────────────────────────────────────────────────────────

    @property
    def waiting_keys(self) -> list[str]:
        """The payments that wait for the payer, oldest first."""
        return [key for key, entry in self.entries.items() if entry.state is State.WAITING]

    def payments(self, orders: Sequence[str] | None) -> list[Mapping[str, Any]]:
        """The approved payments of these orders, as rows of the issuer's authorisations."""
        return [
            {
                "key": key,
                "held_minor": entry.held_minor,
                "deposited_minor": entry.deposited_minor,
                "refunded_minor": entry.refunded_minor,
            }
            for key, entry in self._approved(orders)
            if entry.request.operation is Operation.PAY
        ]

    def movements(self, orders: Sequence[str] | None) -> list[Mapping[str, Any]]:
        """The approved requests of these orders, as rows of the issuer's requests."""
        return [
            {"key": key, "amount_minor": entry.request.amount_minor}
            for key, entry in self._approved(orders)
        ]

    def _approved(self, orders: Sequence[str] | None) -> Iterator[tuple[str, Entry]]:
        for key, entry in self.entries.items():
            asked_for = orders is None or key.partition("-")[0] in orders
            if entry.state is State.APPROVED and asked_for:
                yield key, entry
