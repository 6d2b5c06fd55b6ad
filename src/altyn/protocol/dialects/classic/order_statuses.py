"""The statuses of an order as they are written on the wire: a number and a payment state.

Inside the gateway a status has a name; its published number and state are only here.
Source: codes.md §1, §2; rest-orders.md §1.5. Numbers 7 (pending) and 8 (intermediate completion)
belong to newer gateways and are not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Order
from altyn.domain.waiting import AtAcs, MethodStep


class PaymentState(StrEnum):
    """The state of the payment (`paymentState`); `transactionStates` selects orders by it."""

    CREATED = "CREATED"
    APPROVED = "APPROVED"
    DEPOSITED = "DEPOSITED"
    REVERSED = "REVERSED"
    REFUNDED = "REFUNDED"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class StatusOnWire:
    """One status: `number` is `orderStatus`, `state` is `paymentState`, the texts are for docs."""

    status: OrderStatus
    number: int
    state: PaymentState
    ru: str
    en: str


ORDER_STATUSES: Final = (
    StatusOnWire(
        OrderStatus.CREATED,
        0,
        PaymentState.CREATED,
        "зарегистрирован, не оплачен",
        "registered, not paid",
    ),
    StatusOnWire(
        OrderStatus.APPROVED,
        1,
        PaymentState.APPROVED,
        "сумма захолдирована (двухстадийный платёж)",
        "amount held (two-stage payment)",
    ),
    StatusOnWire(
        OrderStatus.DEPOSITED,
        2,
        PaymentState.DEPOSITED,
        "оплачен: деньги списаны",
        "paid: the money is taken",
    ),
    StatusOnWire(
        OrderStatus.REVERSED,
        3,
        PaymentState.REVERSED,
        "оплата отменена",
        "payment reversed",
    ),
    StatusOnWire(
        OrderStatus.REFUNDED,
        4,
        PaymentState.REFUNDED,
        "деньги возвращены, полностью или частично, или выплачены на карту",
        "money refunded, in whole or in part, or paid out to a card",
    ),
    StatusOnWire(
        OrderStatus.WAITING,
        5,
        PaymentState.CREATED,
        "плательщик подтверждает оплату на сервере своего банка (ACS)",
        "the payer is being authenticated by the issuer's ACS",
    ),
    StatusOnWire(
        OrderStatus.DECLINED,
        6,
        PaymentState.DECLINED,
        "отклонён",
        "declined",
    ),
)

ON_WIRE: Final[Mapping[OrderStatus, StatusOnWire]] = MappingProxyType(
    {row.status: row for row in ORDER_STATUSES}
)

AT_THE_ACS: Final = (AtAcs, MethodStep)


def status_on_wire(order: Order) -> StatusOnWire:
    """The row for an order. 5 is for a payer at an ACS only; other ways wait under 0.

    Source: rest-orders.md §1.5.
    """
    if order.status is OrderStatus.WAITING and not isinstance(order.waiting, AT_THE_ACS):
        return ON_WIRE[OrderStatus.CREATED]
    return ON_WIRE[order.status]


STATUSES_OF: Final[Mapping[str, tuple[OrderStatus, ...]]] = MappingProxyType(
    {
        state.value: tuple(row.status for row in ORDER_STATUSES if row.state is state)
        for state in PaymentState
    }
)
"""Payment state → the statuses it stands for (`transactionStates`, rest-orders.md §4.3)."""
