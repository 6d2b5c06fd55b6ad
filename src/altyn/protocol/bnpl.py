"""The messages between the gateway and the service that lends for payment in parts.

The format is our own. The payer first applies: a phone, a code by SMS, the consent to the plan.
Then the gateway asks for the money of an order: the service charges the first part to the payer's
card and owes the shop the full sum. Amounts are minor units, times aware UTC, days Moscow's.
Source: bnpl.md §4, §5, §7.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from altyn.domain.card.values import Cvc, Pan
from altyn.domain.instalments import Plan
from altyn.protocol.acquiring import AcquirerOutcome

CODES_MAX: Final = 3
RESEND_SECONDS: Final = 60
CODE_DIGITS: Final = 4


class ApplicationStep(StrEnum):
    """What the payer has to do next for an application."""

    CODE = "code"  # type the code of the SMS
    PLAN = "plan"  # agree to the plan
    CARD = "card"  # pay the first part
    REFUSED = "refused"  # the service does not lend to this payer


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRequest:
    """A payer applies for an order with a phone (eleven digits), or wants another code.

    `order_number` and `shop_name` are for the SMS.
    """

    order_id: UUID
    phone: str
    shop_name: str
    order_number: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The state of an application. `application_id` is `<order id in hex>-<number>`.

    `codes_left` of the code; with 0 the payer needs a new code, which can be sent from `resend_at`
    on. `plan` is what the payer agrees to. `action_code` is that of a refusal.
    """

    application_id: str
    order_id: UUID
    phone: str
    step: ApplicationStep
    codes_left: int
    resend_at: datetime
    plan: Plan
    action_code: int = 0


class PartsOperation(StrEnum):
    """What the service is asked to do about the money of an order."""

    PAY = "PAY"  # charge the first part, and owe the shop the full sum: held, or taken at once
    DEPOSIT = "DEPOSIT"  # take a held sum, whole or in part; the rest shortens the plan
    REVERSE = "REVERSE"  # give back a held sum, or a taken one whose day is not over
    REFUND = "REFUND"  # give back a taken sum, whole or in part
    CHARGE = "CHARGE"  # charge a later part to the payer's card
    INQUIRE = "INQUIRE"  # what became of a key?


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsRequest:
    """One request about money.

    `key` is an idempotency key: asked twice, done once, answered the same. An inquiry for a key
    that the service does not have answers NOT_SENT and closes the key. `original_key` is the key of
    the payment. PAY has the application, the card (`expiry` as YYYYMM) with the result of 3-D
    Secure, and `hold`. CHARGE has the number of the part (`part`).
    """

    key: str
    operation: PartsOperation
    merchant: str = ""
    amount_minor: int = 0
    currency: str = ""
    original_key: str = ""
    application_id: str = ""
    hold: bool = False
    pan: Pan | None = None
    expiry: str | None = None
    cvc: Cvc | None = None
    eci: int | None = None
    cavv: str | None = None
    xid: str | None = None
    part: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsResponse:
    """The service's answer. `action_code` is that of a refusal; `rrn` belongs to APPROVED.

    `plan` is that of the payment after the request. A CHARGE of a part that is not owed any more
    answers NOT_SENT; `amount_minor` is what a CHARGE was about.
    """

    outcome: AcquirerOutcome
    action_code: int = 0
    rrn: str | None = None
    approval_code: str | None = None
    plan: Plan | None = None
    amount_minor: int = 0


class PartState(StrEnum):
    """The state of a part as its payer sees it."""

    PLANNED = "planned"
    CHARGED = "charged"
    OVERDUE = "overdue"  # a charge was declined
    ENDED = "ended"  # refunds have left nothing to pay, or all of it went back


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """One part as its payer sees it."""

    number: int
    due_on: date
    amount_minor: int
    state: PartState
    returned_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlan:
    """The plan of one payment as its payer sees it. `card` is masked."""

    order_id: UUID
    order_number: str
    shop_name: str
    currency: str
    amount_minor: int
    card: str
    parts: tuple[ShownPart, ...] = field(default=())
