"""What the operations return: typed values that a dialect presents in its own members.

A refusal is not a result: an operation returns `Result | Refused`.
"""

from dataclasses import dataclass

from altyn.domain.card.binding import Binding
from altyn.domain.merchant import Merchant
from altyn.domain.notes import Notes
from altyn.domain.order import Order
from altyn.domain.receipt.values import Receipt
from altyn.operations.bindings.unkept_terms import unkept_terms
from altyn.operations.paying.card.steps import CardEnrolment, CardStep, RegisteredAndPaid


@dataclass(frozen=True, slots=True)
class Done:
    """The operation succeeded, and there is nothing more to report.

    `notes` are about what the operation ignored, in the names of the wire.
    """

    notes: Notes = ()


@dataclass(frozen=True, slots=True)
class AppInvoice:
    """The invoice in the bank's app that a registration has asked for (SberPay).

    `invoice_id` is the bank's number of every invoice of the order. `deep_link` opens the bank's
    app, where the shop's own app asked for it. `inactive`: the bank cannot show the invoice now;
    None where the shop may not see it. Source: sberpay.md §4.
    """

    invoice_id: str
    deep_link: str | None = None
    inactive: bool | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A new order. `notes` are as in `Done`; `invoice` is there for an order of the bank's app."""

    order: Order
    notes: Notes = ()
    invoice: AppInvoice | None = None


@dataclass(frozen=True, slots=True)
class OrderFound:
    """An order, and the merchant that it belongs to."""

    order: Order
    merchant: Merchant


@dataclass(frozen=True, slots=True)
class OrderCharged:
    """An order that was registered and charged at once: paid, declined, or not known yet.

    `notes` say why the bank was not asked.
    """

    order: Order
    merchant: Merchant
    notes: Notes = ()


@dataclass(frozen=True, slots=True)
class PaidOut:
    """The order of a payout: paid out, declined, or not known yet."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersFound:
    """One page of orders. `total` counts the orders on all pages; pages count from 0."""

    orders: tuple[OrderFound, ...]
    total: int
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class ReceiptsFound:
    """Receipts of one order, oldest first."""

    order: Order
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class BindingsFound:
    """Stored cards, oldest first; there is at least one."""

    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class LinkFound:
    """An order that can be paid by its link; so many messages with the link may be sent now."""

    order: Order
    messages_left: int


# The results of the ways to pay are defined where each way is.
Result = (
    Done
    | Registered
    | OrderFound
    | OrderCharged
    | PaidOut
    | OrdersFound
    | ReceiptsFound
    | BindingsFound
    | LinkFound
    | CardEnrolment
    | CardStep
    | RegisteredAndPaid
)


def notes_of(result: Result, merchant: Merchant) -> Notes:
    """What the operation ignored or bounded, for the caller."""
    if isinstance(result, CardStep):
        return unkept_terms(result.order, merchant)
    with_notes = Done | Registered | RegisteredAndPaid | OrderCharged
    return result.notes if isinstance(result, with_notes) else ()


def registered_order(result: Result) -> str:
    """The id of the order that a call has registered; empty for other results."""
    if isinstance(result, Registered | RegisteredAndPaid | PaidOut):
        return str(result.order.order_id)
    return ""
