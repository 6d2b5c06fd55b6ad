"""The order that a payer's browser names, with its merchant, as it stands during one request.

The order's id is all that a payer has and needs: it names the merchant, and it cannot be guessed.
Source: payment-page.md §1, §3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from altyn.domain import action_codes as codes
from altyn.domain.instalments import WAY
from altyn.domain.language import text_language
from altyn.domain.merchant import Permission
from altyn.domain.money import Money, canonical_currency
from altyn.domain.order import AttemptState, Kind
from altyn.domain.order_id import merchant_of
from altyn.inbound.payment_page.declines import CANCELLED_BY_SHOP, Decline, decline_of
from altyn.inbound.payment_page.texts import text, words_in
from altyn.operations.paying.cancel import BY_SHOP
from altyn.operations.paying.card.plan import automatic
from altyn.operations.paying.lookup import find_for_payer
from altyn.operations.ports import OrderKey, World
from altyn.protocol.dialects.classic.payment_steps import PAID, return_address

if TYPE_CHECKING:
    from altyn.domain.merchant import Merchant
    from altyn.domain.order import Attempt, Order
    from altyn.domain.waiting import AnyWaiting
    from altyn.operations.paying.card.steps import Step

UUID_LENGTH: Final = 36


@dataclass(frozen=True, slots=True)
class PageOrder:
    """An order that the page shows, and its merchant."""

    order: Order
    merchant: Merchant

    @property
    def key(self) -> OrderKey:
        """The order's key in the store."""
        return OrderKey(self.order.merchant_id, self.order.order_id)

    @property
    def order_id(self) -> str:
        """The order's id as text."""
        return str(self.order.order_id)

    @property
    def waiting(self) -> bool:
        """Whether a payment request was sent and has no response yet."""
        return bool(self.order.in_flight(Kind.PAY))

    @property
    def waiting_payment(self) -> Attempt | None:
        """The payment that was sent and waits until its payer has done something."""
        return self.order.waiting_payment

    @property
    def waiting_for(self) -> AnyWaiting | None:
        """What the payer has to do, so that the sent request gets its response."""
        return self.waiting_payment.waiting if self.waiting_payment else None

    @property
    def undecided(self) -> bool:
        """Whether the result of the last attempt is still to come, also from an ACS."""
        return self.waiting or self.order.waiting_attempt is not None

    @property
    def paid(self) -> bool:
        """Whether the payment succeeded. It stays true after a refund or a reversal."""
        return self.order.status in PAID

    @property
    def over(self) -> bool:
        """Whether the payer can do nothing more about the order."""
        return not self.order.payable

    @property
    def expired(self) -> bool:
        """Whether the session ended before the order was paid."""
        return self.order.action_code == codes.SESSION_EXPIRED and self.over and not self.paid

    @property
    def amount(self) -> Money:
        """The amount to pay; 0 for a check of the card."""
        currency = canonical_currency(self.order.currency)
        assert currency is not None, "an order is registered in a currency that the gateway knows"
        return Money(self.order.asked_minor, currency)

    @property
    def cvc_required(self) -> bool:
        """Whether the form asks for the CVC. It does, unless the merchant may leave it out and the
        order says so, or the payment is automatic."""
        if automatic(self.order, self.merchant):
            return False
        may_lack = self.merchant.may(Permission.SSL_WITHOUT_CVC)
        return not (may_lack and self.order.request.has("FORCE_NO_CVC"))

    def attempt_of(self, server_trans_id: str | None) -> Attempt | None:
        """The attempt that a 3-D Secure 2 transaction belongs to."""
        proven = ((each, each.authentication) for each in self.order.payments)
        return next(
            (
                each
                for each, proof in proven
                if server_trans_id and proof and proof.server_trans_id == server_trans_id
            ),
            None,
        )

    @property
    def last_was_by_card(self) -> bool:
        """Whether the last attempt was made with a card; also true before the first attempt."""
        attempts = self.order.payments
        return not attempts or attempts[-1].card is not None

    @property
    def decline(self) -> Decline | None:
        """Why the last attempt was declined; None when that attempt was not declined."""
        attempts = self.order.payments
        declined = {AttemptState.DECLINED, AttemptState.NOT_SENT}
        if not attempts or attempts[-1].state not in declined:
            return None
        code = self.order.action_code
        if self._cancelled_by_shop:
            return CANCELLED_BY_SHOP
        of_attempt = attempts[-1].action_code == code  # a shop that cancels an order sets its own
        return decline_of(
            code,
            by_card=self.last_was_by_card,
            of_attempt=of_attempt,
            in_parts=attempts[-1].payment_way == WAY,
        )

    @property
    def _cancelled_by_shop(self) -> bool:
        """Whether the shop has cancelled the order. A payer who cancels an attempt ends the order
        only with the last one."""
        if not self.over or self.order.action_code != codes.CANCELLED:
            return False
        withdrawn = any(BY_SHOP in each.details for each in self.order.payments[-1:])
        return withdrawn or self.order.attempts_left > 0

    @property
    def cancelled(self) -> bool:
        """Whether the payer has cancelled the last attempt, to choose another way."""
        return self.decline is not None and self.order.action_code == codes.CANCELLED

    def decline_text(self, language: str) -> str:
        """The reason of the last decline; empty when the last attempt was not declined."""
        return words_in(self.decline.reason, language) if self.decline else ""

    def next_step_text(self, language: str) -> str:
        """What the payer can do after a decline; where the payer goes when the order is over."""
        if self.over:
            texts = [] if self.order.attempts_left else ["attempts_over"]
            texts.append("going_to_shop" if self.returns_to_shop else "going_to_result")
            return " ".join(text(key, language) for key in texts)
        return words_in(self.decline.advice, language) if self.decline else ""

    @property
    def returns_to_shop(self) -> bool:
        """Whether the payer goes to the shop at the end, and not to our result page."""
        settings = self.merchant.settings
        return bool(self.order.request.return_url) and not settings.show_final_page

    def language(self, *preferred: str | None) -> str:
        """The first of these languages that our pages have, else the order's, else the default."""
        default = self.merchant.settings.default_language
        return text_language(*preferred, self.order.request.language, default)

    def return_address(self, base_url: str, language: str) -> str:
        """Where the payer of an order that is over goes: to the shop, or to our result page."""
        return return_address(self.order, self.merchant, base_url=base_url, language=language)

    def shop_address(self, base_url: str, language: str) -> str | None:
        """The shop's own address for this result; None when the shop gave no address."""
        if not self.order.request.return_url:
            return None
        settings = replace(self.merchant.settings, show_final_page=False)
        merchant = replace(self.merchant, settings=settings)
        return return_address(self.order, merchant, base_url=base_url, language=language)

    def after(self, step: Step) -> PageOrder:
        """The order as it is after a payment step; a refusal may come without an order."""
        return self if step.order is None else replace(self, order=step.order)


async def find_page_order(order_id: str | None, world: World) -> PageOrder | None:
    """The order with this id, or None, also for a payout, which no payer pays. A session whose time
    is up is ended first."""
    key = read_order_key(order_id)
    order = await find_for_payer(key, world) if key else None
    if order is None or order.is_payout:
        return None
    return PageOrder(order, await world.merchants.get(order.merchant_id))


def read_order_key(order_id: str | None) -> OrderKey | None:
    """The key of the order with this id; None when the text is not an id of ours."""
    if order_id is None or len(order_id) != UUID_LENGTH:
        return None
    try:
        parsed = UUID(order_id)
    except ValueError:
        return None
    merchant_id = merchant_of(parsed)
    return OrderKey(merchant_id, parsed) if merchant_id else None
