"""A visit: the order that a payer's browser names, the shop it belongs to, and how it stands now.

The id of an order is all that a payer has and needs: it names the merchant, and nobody can guess
it. Source: payment-page.md §1, §3.
"""

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from altyn.domain import action_codes as codes
from altyn.domain.merchant import Merchant
from altyn.domain.money import Money, canonical_currency
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.order_id import merchant_of
from altyn.inbound.payment_page.texts import DEFAULT_LANGUAGE, LANGUAGES
from altyn.operations.paying.lookup import find_for_payer
from altyn.operations.ports import OrderKey, World
from altyn.protocol.action_codes import describe
from altyn.protocol.dialects.classic.payment_steps import PAID, return_address

UUID_LENGTH: Final = 36


@dataclass(frozen=True, slots=True)
class Visit:
    """An order and its shop, as of this request."""

    order: Order
    merchant: Merchant

    @property
    def key(self) -> OrderKey:
        """The order's full address."""
        return OrderKey(self.order.merchant_id, self.order.order_id)

    @property
    def order_id(self) -> str:
        """The order's id as the wire has it."""
        return str(self.order.order_id)

    @property
    def waiting(self) -> bool:
        """Whether the bank is being asked for the money and has not answered."""
        return bool(self.order.in_flight(Kind.PAY))

    @property
    def paid(self) -> bool:
        """Whether the payment went through, whatever became of the money later."""
        return self.order.status in PAID

    @property
    def over(self) -> bool:
        """Whether there is nothing left for a payer to do."""
        return not self.order.payable

    @property
    def expired(self) -> bool:
        """Whether the payer was too late."""
        return self.order.action_code == codes.SESSION_EXPIRED and self.over and not self.paid

    @property
    def amount(self) -> Money:
        """What is to be paid."""
        currency = canonical_currency(self.order.currency)
        assert currency is not None, "an order is registered in a currency that the gateway knows"
        return Money(self.order.amount_minor, currency)

    def attempt_of(self, server_trans_id: str | None) -> Attempt | None:
        """The try that a 3-D Secure 2 transaction belongs to."""
        proven = ((each, each.authentication) for each in self.order.payments)
        return next(
            (
                each
                for each, proof in proven
                if server_trans_id and proof and proof.server_trans_id == server_trans_id
            ),
            None,
        )

    def decline_text(self, language: str) -> str:
        """What the bank said to the last try, empty when that try was no refusal."""
        tries = self.order.payments
        if not tries or tries[-1].state not in {AttemptState.DECLINED, AttemptState.NOT_SENT}:
            return ""
        return describe(self.order.action_code, language)

    def language(self, *asked: str | None) -> str:
        """The first of the wishes that our pages speak, then the order's, then the shop's."""
        wishes = (*asked, self.order.request.language, self.merchant.settings.default_language)
        return next((each for each in wishes if each and each in LANGUAGES), DEFAULT_LANGUAGE)

    def way_back(self, base_url: str, language: str) -> str:
        """Where the payer of an order that is over belongs: the shop, or our own result page."""
        return return_address(self.order, self.merchant, base_url=base_url, language=language)

    def shop_address(self, base_url: str, language: str) -> str | None:
        """The shop's own address for this outcome; None where it gave none."""
        if not self.order.request.return_url:
            return None
        settings = replace(self.merchant.settings, show_final_page=False)
        shop = replace(self.merchant, settings=settings)
        return return_address(self.order, shop, base_url=base_url, language=language)


async def find_visit(order_id: str | None, world: World) -> Visit | None:
    """The order of this id, as it stands now; None when there is none.

    A session that is over is ended here and now, and not when a timer comes round to it: the shop
    must find the order declined as soon as its payer is back. Source: payment-page.md §2.
    """
    key = read_order_key(order_id)
    order = await find_for_payer(key, world) if key else None
    if order is None:
        return None
    return Visit(order, await world.merchants.get(order.merchant_id))


async def again(visit: Visit, world: World) -> Visit:
    """The same order as it stands after something was done about it."""
    found = await find_visit(visit.order_id, world)
    assert found is not None, "orders are never deleted"
    return found


def read_order_key(order_id: str | None) -> OrderKey | None:
    """The address that an order id stands for; None for what is no id of ours."""
    if order_id is None or len(order_id) != UUID_LENGTH:
        return None
    try:
        parsed = UUID(order_id)
    except ValueError:
        return None
    merchant_id = merchant_of(parsed)
    return OrderKey(merchant_id, parsed) if merchant_id else None
