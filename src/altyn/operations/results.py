"""What the operations return: typed values that a dialect presents in its own members.

A refusal is not a result: an operation returns `Result | Refused`.
"""

from dataclasses import dataclass

from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.paying.card.steps import GoToAcs, RunMethod, ShowChallenge
from altyn.operations.paying.steps import Ended
from altyn.protocol.threeds import VeRes


@dataclass(frozen=True, slots=True)
class Done:
    """The operation succeeded, and there is nothing more to report."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A new order."""

    order: Order


@dataclass(frozen=True, slots=True)
class OrderFound:
    """An order, and the merchant that it belongs to."""

    order: Order
    merchant: Merchant


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersFound:
    """One page of orders. `total` counts the orders on all pages; pages count from 0."""

    orders: tuple[OrderFound, ...]
    total: int
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class CardEnrolment:
    """Whether a card takes part in 3-D Secure; `ve_res` is None when no one could be asked."""

    ve_res: VeRes | None
    masked_pan: str


CardStep = Ended | GoToAcs | RunMethod | ShowChallenge
Result = Done | Registered | OrderFound | OrdersFound | CardEnrolment | CardStep
