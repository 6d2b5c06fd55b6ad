"""A stored card (binding): which client of which shop may be charged without typing the card again.

The card number itself is in the card vault, under `fingerprint`. Times are aware UTC.
Source: rest-orders.md §6.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from altyn.domain.callback import BindingNotification, CallbackOperation
from altyn.domain.card.instalment_terms import InstalmentTerms
from altyn.domain.card.recurring import RecurringTerms

BINDING: Final = "binding"
"""The kind of the effect that stores a card; it has no rows in the outbox."""


@dataclass(frozen=True, slots=True)
class BindingDue:
    """An effect: the card of payment `attempt` is to be stored for the order's client."""

    attempt: int

    @property
    def kind(self) -> str:
        """`operations/bindings/made.py` makes the stored card before the change is saved."""
        return BINDING


def read_binding_id(text: str | None) -> UUID | None:
    """The id in a text; None for a text that is not an id of a stored card."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


class BindingCategory(StrEnum):
    """What a stored card was stored for (`bindingCategory`, and the letter of `bindingType`)."""

    COMMON = "COMMON"
    RECURRENT = "RECURRENT"
    INSTALMENT = "INSTALLMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A stored card of a client, as of one version.

    `expiry` is YYYYMM. `order_id` is the order whose payment has stored it, None for a card that
    was stored without a payment. `recurring` are the terms of recurring payments, if the payer has
    agreed to some; `instalments` are those of payments in instalments. `network_transaction_id` is
    the payment system's number of the payment that has stored the card; later payments with it
    refer to that one. `removed_by_payer`: the payer has removed the card on the payment page; it is
    never active again.
    """

    merchant_id: int
    binding_id: UUID
    version: int
    client_id: str
    fingerprint: str
    masked_pan: str
    expiry: str
    created_at: datetime
    changed_at: datetime
    holder: str = ""
    system: str | None = None
    active: bool = True
    category: BindingCategory = BindingCategory.COMMON
    order_id: UUID | None = None
    email: str | None = None
    phone: str | None = None
    recurring: RecurringTerms | None = None
    instalments: InstalmentTerms | None = None
    network_transaction_id: str | None = None
    removed_by_payer: bool = False

    @property
    def display_label(self) -> str:
        """The last four digits behind twelve crosses, for the payer: XXXXXXXXXXXX1111."""
        return f"{'X' * 12}{self.masked_pan[-4:]}"

    def expired(self, year_month: str) -> bool:
        """Whether the card's last month is over; `year_month` is the present month, YYYYMM."""
        return self.expiry < year_month

    def changed(self, now: datetime, *, active: bool, expiry: str) -> "Binding":
        """The next version."""
        return replace(self, version=self.version + 1, active=active, expiry=expiry, changed_at=now)

    def notification(self, operation: CallbackOperation) -> BindingNotification:
        """The notification that this version was made."""
        return BindingNotification(
            operation=operation,
            merchant_id=self.merchant_id,
            binding_id=self.binding_id,
            version=self.version,
            client_id=self.client_id,
            masked_pan=self.masked_pan,
            enabled=self.active,
            email=self.email,
            phone=self.phone,
        )
