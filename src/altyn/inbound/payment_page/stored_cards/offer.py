"""Which stored cards an order's page offers, and whether it asks to store another one.

Source: payment-page.md §3.1, §6; rest-orders.md §6; 004 (bindingId).
"""

from collections.abc import Mapping
from typing import Final

from altyn.domain.card.binding import Binding
from altyn.domain.card.values import PaymentSystem, is_maestro
from altyn.domain.merchant import Permission
from altyn.inbound.payment_page.card_form import PageForm
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.stored_cards.terms import begins_terms
from altyn.inbound.payment_page.stored_cards.view import Remember, StoredCard, StoredCards
from altyn.operations.bindings.of_order import cards_of_payer
from altyn.operations.bindings.storing import FORCE, NOT_NEEDED, remembers_card
from altyn.operations.paying.allowed import allows_way
from altyn.operations.ports import World
from altyn.protocol.payment_ways import PaymentWay

BINDING_ID: Final = "bindingId"
MAESTRO: Final = "Maestro"
# As the page writes them; a system that is not here has no name on the page.
_NAMES: Final[Mapping[str, str]] = {
    PaymentSystem.VISA: "Visa",
    PaymentSystem.MASTERCARD: "Mastercard",
    PaymentSystem.MIR: "MIR",
    PaymentSystem.AMEX: "AMEX",
    PaymentSystem.JCB: "JCB",
    PaymentSystem.CUP: "UnionPay",
}


async def usable_bindings(page_order: PageOrder, world: World) -> tuple[Binding, ...]:
    """The stored cards that may pay this order, the last stored first."""
    cards = await cards_of_payer(page_order.order, page_order.merchant, world)
    return tuple(reversed(cards))


async def stored_cards_of(
    page_order: PageOrder, world: World, form: PageForm | None = None
) -> StoredCards:
    """The stored cards for the page. `form` is the one that was just posted: its choices stay.

    The last stored card is marked. Where the order has terms of later charges, another card is, as
    the payer agrees to the terms with a card that is typed.
    """
    bindings = await usable_bindings(page_order, world)
    cards = tuple(map(_card_of, bindings))
    ids = [card.binding_id for card in cards]
    only = takes_only_stored(page_order)
    first = ids[0] if ids and (only or not begins_terms(page_order)) else ""
    posted = (form.get(BINDING_ID) or "").lower() if form else first
    return StoredCards(
        cards=cards,
        only=only,
        chosen=posted if posted in ids else "",
        remember=Remember.NEVER if only else remember_of(page_order),
        remembers=form is not None and form.get(NOT_NEEDED) == "false",
    )


def takes_only_stored(page_order: PageOrder) -> bool:
    """Whether no card may be typed: the order names its stored card, or its list of ways has only
    stored cards."""
    order, merchant = page_order.order, page_order.merchant
    named = order.request.binding_id is not None
    return named or not allows_way(PaymentWay.CARD, order, merchant)


def remember_of(page_order: PageOrder) -> Remember:
    """Whether the card of this payment is stored. Source: rest-orders.md §2.3, §6."""
    order, merchant = page_order.order, page_order.merchant
    if remembers_card(order, merchant):
        return Remember.ASK
    always = order.request.has(FORCE) and merchant.may(Permission.BINDINGS)
    return Remember.ALWAYS if always and order.request.client_id else Remember.NEVER


def label_of(binding: Binding) -> str:
    """The masked number and the expiry, as page sets of shops show them: 411111**1111 12/28."""
    return f"{binding.masked_pan} {_expiry_of(binding)}"


def is_of_maestro(binding: Binding) -> bool:
    """Whether it is a Maestro card, which may have no CVC; its system is reported MASTERCARD."""
    return is_maestro(binding.masked_pan.partition("*")[0])


def _card_of(binding: Binding) -> StoredCard:
    return StoredCard(
        binding_id=str(binding.binding_id),
        system=MAESTRO if is_of_maestro(binding) else _NAMES.get(binding.system or "", ""),
        last_digits=binding.masked_pan[-4:],
        expiry=_expiry_of(binding),
    )


def _expiry_of(binding: Binding) -> str:
    return f"{binding.expiry[4:]}/{binding.expiry[2:4]}"
