"""The commands of a card payment, one per phase, and the steps that a phase can end with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from altyn.domain.card.charge import Charge
from altyn.domain.card.stored_credential import Initiator
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.domain.notes import Notes
from altyn.domain.order import Order
from altyn.operations.decisions import Refused
from altyn.operations.paying.steps import Ended
from altyn.operations.ports import Actor, OrderKey
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.threeds import MethodCompletion, VeRes


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCall:
    """What a payment by card has besides the card, which is typed or stored.

    The CVC is kept for this call only. `base_url` is the gateway's address as the payer's browser
    reaches it, `language` the language of the payer's page (the order's own if None). A shop that
    sends cards itself may want the payer back at its own `term_url` after a version 1 ACS, at its
    `finish_url` after a version 2 challenge; it then finishes by a call of its own.
    `params_of_payer`: a payer's browser has sent `params`, `email` and `phone`, which the shop has
    not checked. `notes` are about what of its request has no effect; the history keeps them.
    """

    key: OrderKey
    cvc: Cvc | None
    actor: Actor
    base_url: str
    language: str | None = None
    payer_ip: str | None = None
    email: str | None = None
    phone: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    params_of_payer: bool = False
    more: Mapping[str, str] = field(default_factory=dict)
    term_url: str | None = None
    finish_url: str | None = None
    method_notification_url: str | None = None
    tds_protocol_version: str | None = None
    method_completed: MethodCompletion = MethodCompletion.FINISHED
    browser: Mapping[str, str | int | bool] = field(default_factory=dict)
    notes: Notes = ()

    @property
    def payer_address(self) -> str | None:
        """The address of the payer; None where a shop sends the card and does not name it."""
        return self.actor.ip if self.params_of_payer else self.payer_ip


@dataclass(frozen=True, slots=True, kw_only=True)
class PayByCard(CardCall):
    """Phase 1: a payer's or a shop's card for an order.

    `details` are facts for the connector of the way; with CHARGED_NOW the payer confirms that sum,
    and not the order's. `binding_id` is the stored card that the card comes from,
    `first_transaction_id` the payment that has stored it. `agreed_as`: the shop charges it as its
    client has agreed, without CVC and 3-D Secure; `charge` is what its terms count. `external` is
    the result of 3-D Secure from the shop's own MPI, with its ECI: no directory server is asked
    then.
    """

    pan: Pan
    expiry: Expiry
    holder: str
    payment_way: PaymentWay = PaymentWay.CARD
    details: Mapping[str, str] = field(default_factory=dict)
    binding_id: UUID | None = None
    first_transaction_id: str | None = None
    agreed_as: Initiator | None = None
    charge: Charge | None = None
    external: ThreeDSData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterMethod:
    """Phase 2 of 3-D Secure 2: the browser has been through the method step of a transaction.

    `server_trans_id` None: the transaction whose attempt waits.
    A shop sends the card again, so `pan` is there and must be the card of the transaction. The
    payment page sends none: the card of the transaction waits in the vault.
    """

    key: OrderKey
    server_trans_id: str | None
    actor: Actor
    base_url: str
    pan: Pan | None = None
    cvc: Cvc | None = None
    expiry: Expiry | None = None
    language: str | None = None
    tds_protocol_version: str | None = None
    method_completed: MethodCompletion = MethodCompletion.FINISHED
    browser: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GoToAcs:
    """3-D Secure 1: the browser posts this PaReq to the ACS."""

    order: Order
    acs_url: str
    pa_req: str
    term_url: str


@dataclass(frozen=True, slots=True)
class RunMethod:
    """3-D Secure 2: the browser visits the ACS's method page, then phase 2 follows."""

    order: Order
    server_trans_id: str
    method_url: str
    notification_url: str | None = None


@dataclass(frozen=True, slots=True)
class ShowChallenge:
    """3-D Secure 2: the browser posts a CReq for this transaction to the ACS."""

    order: Order
    acs_url: str
    server_trans_id: str
    acs_trans_id: str


@dataclass(frozen=True, slots=True)
class CardEnrolment:
    """Whether a card takes part in 3-D Secure; `ve_res` is None when no one could be asked."""

    ve_res: VeRes | None
    masked_pan: str


CardStep = Ended | GoToAcs | RunMethod | ShowChallenge


@dataclass(frozen=True, slots=True)
class RegisteredAndPaid:
    """What a payment came to whose order was registered by the same call.

    `notes` are about what of the registration has no effect.
    """

    step: CardStep
    notes: Notes = ()

    @property
    def order(self) -> Order:
        """The order as it is after the step."""
        return self.step.order


Step = CardStep | Refused


def after_call(command: CardCall, server_trans_id: str | None) -> AfterMethod:
    """Phase 2 of this call, with the card that waits in the vault."""
    return AfterMethod(
        key=command.key,
        server_trans_id=server_trans_id,
        actor=command.actor,
        base_url=command.base_url,
        language=command.language,
        tds_protocol_version=command.tds_protocol_version,
        method_completed=command.method_completed,
        browser=command.browser,
    )
