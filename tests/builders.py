"""Orders, attempts and merchants for tests: complete by default.

A test names only the values that it is about. The order is the fresh one of rest-orders.md
§4.2; `changes` are fields of the domain's own values.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from altyn.domain.callback import OrderNotification
from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.effects import Effect
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import OPENING, Merchant, MerchantSettings
from altyn.domain.order import Attempt, AttemptState, Kind, Order

REGISTERED_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
PAID_AT: Final = REGISTERED_AT + timedelta(seconds=59)
ORDER_ID: Final = UUID("0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc")


def an_order(**changes: Any) -> Order:
    """A fresh order of 2500.00 RUB, number A-100, one-stage."""
    fresh = Order(
        merchant_id=1,
        order_id=ORDER_ID,
        order_number="A-100",
        version=1,
        status=OrderStatus.CREATED,
        currency="643",
        amount_minor=2500_00,
        two_phase=False,
        attempts_max=3,
        created_at=REGISTERED_AT,
        expires_at=REGISTERED_AT + timedelta(minutes=20),
    )
    return replace(fresh, **changes)


def a_card(**changes: Any) -> PaymentCard:
    """A Visa test card of Ivan Petrov."""
    visa = PaymentCard(
        masked_pan="411111**1111",
        expiry="202812",
        holder="IVAN PETROV",
        fingerprint="f1",
        system="VISA",
    )
    return replace(visa, **changes)


def an_attempt(kind: Kind = Kind.PAY, **changes: Any) -> Attempt:
    """An approved attempt for 2500.00; one to pay has a card."""
    approved = Attempt(
        number=1,
        kind=kind,
        state=AttemptState.APPROVED,
        amount_minor=2500_00,
        started_at=PAID_AT,
        answered_at=PAID_AT,
        action_code=0,
        rrn="600112345678",
        approval_code="123456",
        payment_way="CARD" if kind is Kind.PAY else None,
        card=a_card() if kind is Kind.PAY else None,
    )
    return replace(approved, **changes)


def a_merchant(**settings: Any) -> Merchant:
    """The demo merchant: everything is opened to it, nothing more is demanded of it."""
    demo = MerchantSettings(permissions=OPENING)
    return Merchant(
        merchant_id=1, login="demo", name="Demo shop", settings=replace(demo, **settings)
    )


def notifications(effects: tuple[Effect, ...]) -> list[OrderNotification]:
    """The notifications among the effects of a decision."""
    return [effect for effect in effects if isinstance(effect, OrderNotification)]
