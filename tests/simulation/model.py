"""A small model of one order: what a shop must see of it.

It shares no code with the gateway but the names of refusals, so that both do not have the same
defect. It keeps sums in three numbers, and follows rest-orders.md §1.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final

from altyn.domain.refusals import Refusal
from tests.simulation.credit import Credit

MOSCOW: Final = timezone(timedelta(hours=3))
SESSION: Final = timedelta(minutes=20)
HOLD: Final = timedelta(days=7)
ATTEMPTS_MAX: Final = 3
NUMBER: Final = {
    "created": (0, "CREATED"),
    "at acs": (5, "CREATED"),
    "at wallet": (0, "CREATED"),  # or at any other way whose payment waits for its payer
    "held": (1, "APPROVED"),
    "deposited": (2, "DEPOSITED"),
    "reversed": (3, "REVERSED"),
    "refunded": (4, "REFUNDED"),
    "declined": (6, "DECLINED"),
}
UNPAID: Final = ("created", "at acs", "at wallet")


@dataclass
class Ticket:
    """One order of the model. `on_its_way` is what happens when the bank has sent the outcome."""

    order_id: str
    amount: int
    two_phase: bool
    verify: bool
    registered_at: datetime
    payout: bool = False  # the shop pays; no payer does
    keeps: str = ""  # what the payer agrees that a typed card is kept for
    charged: bool = False  # the shop charges the stored card that the order names
    credit: Credit | None = None  # a purchase on credit, with a cart
    paid_out: int = 0
    status: str = "created"
    approved: int = 0
    deposited: int = 0
    refunded: int = 0
    code: int = -100
    attempts: int = 0
    attempts_max: int = ATTEMPTS_MAX
    card: str = ""
    stores: bool = False  # the card of the last attempt was typed, and is stored if it pays
    partly_reversed: bool = False
    held_at: datetime | None = None
    deposited_at: datetime | None = None
    pa_res: str | None = None
    code_of_expiry: int = 0  # of the payment by a wallet or an app, when its payer does not answer
    refunds: dict[str, int] = field(default_factory=dict)
    on_its_way: list[Callable[[], None]] = field(default_factory=list)
    asked_for: str = ""  # the verb that is on its way last
    reserved: int = 0  # by refunds on their way

    @property
    def left(self) -> int:
        return self.deposited - self.refunded

    @property
    def row(self) -> tuple[int, str, int, int, int, int]:
        """The columns of rest-orders.md §1.5."""
        sums = (self.approved, self.left, self.refunded + self.paid_out)
        return (*NUMBER[self.status], *sums, self.code)

    # ── What may be asked: a refusal, or None ─────────────────────────────────────────────────────

    def may_pay(self, now: datetime) -> Refusal | None:
        if self.payout:
            return Refusal.WRONG_STATUS
        if self.status == "declined":
            if self.code == -2007:
                return Refusal.SESSION_OVER
            return (
                Refusal.ATTEMPTS_EXHAUSTED
                if self.attempts == self.attempts_max
                else Refusal.WRONG_STATUS
            )
        if self.status not in UNPAID:
            return Refusal.ALREADY_PAID
        if self.status == "at wallet":
            return Refusal.WRONG_STATUS
        if self.on_its_way:
            return Refusal.BINDING_REQUIRED if self.charged else Refusal.BUSY
        if now >= self.registered_at + SESSION:
            return Refusal.SESSION_OVER
        if self.attempts == self.attempts_max:
            return Refusal.ATTEMPTS_EXHAUSTED
        return Refusal.CREDIT_REQUIRED if self.credit and not self.credit.granted else None

    def may_apply_for_credit(self, now: datetime) -> Refusal | None:
        if self.credit is None:
            return Refusal.WRONG_STATUS
        if self.status in UNPAID:
            return Refusal.SESSION_OVER if now >= self.registered_at + SESSION else None
        return self.may_pay(now)

    def may_deposit(self, amount: int) -> Refusal | None:
        if self.status != "held":
            return Refusal.WRONG_STATUS
        if self.on_its_way:
            return Refusal.BUSY
        if amount > self.approved:
            return Refusal.AMOUNT_ABOVE_HOLD
        if 0 < amount < 100:
            return Refusal.DEPOSIT_TOO_SMALL
        return Refusal.CART_MANDATORY if self._is_part(amount, self.approved) else None

    def may_reverse(self, amount: int, now: datetime) -> Refusal | None:
        if self.status not in {"held", "deposited"}:
            return Refusal.WRONG_STATUS
        if self.on_its_way:
            return Refusal.BUSY
        whole = self.approved
        if self.status == "deposited":
            assert self.deposited_at is not None
            if self.deposited_at.astimezone(MOSCOW).date() != now.astimezone(MOSCOW).date():
                return Refusal.WRONG_STATUS
            whole = self.deposited
        if 0 < amount < whole and self.partly_reversed:
            return Refusal.PARTIAL_REVERSAL_REPEATED
        invalid = amount > whole or self._is_part(amount, whole)
        return Refusal.AMOUNT_INVALID if invalid else None

    def may_refund(self, amount: int) -> Refusal | None:
        if self.payout or self.status not in {"deposited", "refunded"}:
            return Refusal.WRONG_STATUS
        if self.on_its_way and self.asked_for == "reverse":
            return Refusal.BUSY
        if amount > self.left or not self.left:
            return Refusal.AMOUNT_ABOVE_DEPOSIT
        if (amount or self.left) > self.left - self.reserved:
            return Refusal.BUSY
        return Refusal.CART_MANDATORY if self._is_part(amount, self.left) else None

    def _is_part(self, amount: int, whole: int) -> bool:
        """Whether the cart has to name what a part of the sum is for."""
        return self.credit is not None and 0 < amount < whole

    def may_decline(self) -> Refusal | None:
        if self.payout or self.status not in UNPAID:
            return Refusal.WRONG_STATUS
        return Refusal.BUSY if self.on_its_way else None

    def may_begin_wallet(self, now: datetime) -> Refusal | None:
        """The wallet does not check cards, and a granted credit is paid by card; else it is as for
        a card."""
        impossible = self.verify or (self.credit is not None and self.credit.granted)
        return Refusal.PARAMETER_INVALID if impossible else self.may_pay(now)

    # ── What happens ──────────────────────────────────────────────────────────────────────────────

    def fail(self, code: int) -> None:
        """A try has ended without money."""
        self.code = code
        self.status = "declined" if self.attempts == self.attempts_max else "created"

    def pay_out(self) -> None:
        """The bank has approved a payout."""
        self.code, self.status, self.paid_out = 0, "refunded", self.amount

    def wait_at_wallet(self) -> None:
        """The wallet has the payment, and waits for the payer."""
        self.status = "at wallet"

    def confirm_at_wallet(self, now: datetime) -> None:
        """The payer has confirmed; the payment counts from then, whenever the outcome arrives."""
        self.authorise(now)

    def authorise(self, now: datetime) -> None:
        """The bank has approved a payment."""
        self.code = 0
        if self.verify:
            self.status = "reversed"
            return
        self.approved = self.amount
        self.status = "held"
        self.held_at = now
        if not self.two_phase:
            self.deposit(0, now)

    def deposit(self, amount: int, now: datetime) -> None:
        self.deposited = amount or self.approved
        self.deposited_at = now
        self.status = "deposited"

    def reverse(self, amount: int) -> None:
        whole = self.deposited if self.status == "deposited" else self.approved
        if amount in (0, whole):
            self.status = "reversed"
            self.approved = self.deposited = 0
            return
        self.partly_reversed = True
        self.approved -= amount
        if self.status == "deposited":
            self.deposited -= amount

    def refund(self, amount: int, name: str | None) -> None:
        amount = amount or self.left
        self.refunded += amount
        self.status = "refunded"
        if name:
            self.refunds[name] = amount

    def pass_time(self, now: datetime) -> None:
        """The bank has sent every outcome, and the clock stands at `now`."""
        self.settle()
        if self.status == "at wallet" and now >= self.registered_at + SESSION:
            self.fail(self.code_of_expiry)
        if self.status in UNPAID and now >= self.registered_at + SESSION:
            self.status, self.code = "declined", -2007
        if self.status == "held" and self.held_at and now >= self.held_at + HOLD:
            self.reverse(0)

    def settle(self) -> None:
        """The bank has sent the outcomes of the requests in flight."""
        for happen in self.on_its_way:
            happen()
        self.on_its_way, self.asked_for, self.reserved = [], "", 0
