"""What the registration of a purchase on credit needs, besides what every registration needs.

Source: bnpl.md §8.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from altyn.domain.cart.document import Cart
from altyn.domain.credit import CreditApplication, CreditProduct
from altyn.domain.merchant import Merchant
from altyn.domain.money import RUB
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.bnpl.offer import shop_takes_only_parts
from altyn.protocol.payment_ways import PaymentWay

if TYPE_CHECKING:
    from altyn.operations.ports import World

OTHER_WAYS: Final = ("BNPL", "VERIFY", "AUTO_PAYMENT")
"""Features of orders that are paid in another way, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditWanted:
    """What a registration says about the credit and about how the order may be paid."""

    cart: Cart | None
    currency: str
    in_app: bool = False
    features: tuple[str, ...] = ()
    allowed_ways: tuple[str, ...] = ()
    json_params: Mapping[str, str] = field(default_factory=dict)


def refuse_credit_cart(wanted: CreditWanted) -> Refused | None:
    """What the cart of a purchase on credit lacks; the cart itself was checked before.

    Refuses: CURRENCY_UNKNOWN (the merchant's default is not roubles), CART_MANDATORY (no
    installments, no positions).
    """
    if wanted.currency != RUB.code:
        rule = "credits are in roubles (currency 643)"
        return Refused(Refusal.CURRENCY_UNKNOWN, rule, parameter="currency")
    if not _installments(wanted.cart) or not _has_positions(wanted.cart):
        rule = "orderBundle with cartItems, and installments with productType and productID"
        return Refused(Refusal.CART_MANDATORY, f"mandatory: {rule}", parameter="order_bundle")
    return None


def refuse_credit(wanted: CreditWanted, merchant: Merchant) -> Refused | None:
    """Why an order cannot be paid with a credit.

    Refuses: CREDIT_IMPOSSIBLE (a product that is not agreed with the merchant, another way to pay
    that the order begins with or wants, no card among the allowed ways, a shop that takes payments
    in parts only).
    """
    product, agreed = _product_id(wanted.cart), merchant.settings.credit.product_ids
    if agreed and product not in agreed:
        rule = f"productID {product} is not one of {', '.join(agreed)}"
        return Refused(Refusal.CREDIT_IMPOSSIBLE, rule, parameter="order_bundle")
    return _refuse_ways(wanted, merchant)


def _refuse_ways(wanted: CreditWanted, merchant: Merchant) -> Refused | None:
    if wanted.in_app:
        rule = "the payer applies for the credit first: leave back2app and app2app out"
        return Refused(Refusal.CREDIT_IMPOSSIBLE, rule, parameter="back2app")
    if found := sorted(set(OTHER_WAYS).intersection(wanted.features)):
        rule = f"an order that is paid with a credit goes without {', '.join(found)}"
        return Refused(Refusal.CREDIT_IMPOSSIBLE, rule, parameter="features")
    card = PaymentWay.CARD.value
    if wanted.allowed_ways and card not in wanted.allowed_ways:
        rule = f"a granted credit is paid by card: add {card}"
        return Refused(Refusal.CREDIT_IMPOSSIBLE, rule, parameter="allowed_ways")
    of_shop = merchant.settings.allowed_payment_ways
    if of_shop and card not in of_shop:
        rule = f"a granted credit is paid by card, and setting allowed_payment_ways has no {card}"
        return Refused(Refusal.CREDIT_IMPOSSIBLE, rule)
    if shop_takes_only_parts(merchant):
        rule = "a granted credit is paid by card, and setting bnpl.only allows no card"
        return Refused(Refusal.CREDIT_IMPOSSIBLE, rule)
    return None


def refuse_without_bank(*, on_credit: bool, world: "World") -> Refused | None:
    """Refuses CREDIT_UNAVAILABLE: no bank's credit system is connected to this gateway."""
    if not on_credit or world.credit is not None:
        return None
    rule = "no bank's credit system is connected; only the sandbox has a simulated one"
    return Refused(Refusal.CREDIT_UNAVAILABLE, rule)


def new_application(wanted: CreditWanted) -> CreditApplication:
    """The application of an order that passed `refuse_credit_cart` and `refuse_credit`."""
    return CreditApplication(
        product=CreditProduct(_installments(wanted.cart)["productType"]),
        product_id=_product_id(wanted.cart),
        back_to_shop=wanted.json_params.get("backToShopUrl", ""),
        other_ways=bool(wanted.allowed_ways),
    )


def _product_id(cart: Cart | None) -> str:
    """The product, in either spelling of the reference."""
    sent = _installments(cart)
    return str(sent.get("productID") or sent.get("productId") or "")


def _has_positions(cart: Cart | None) -> bool:
    return bool(_document(cart).get("cartItems"))


def _installments(cart: Cart | None) -> Mapping[str, Any]:
    found = _document(cart).get("installments")
    return found if isinstance(found, dict) else {}


def _document(cart: Cart | None) -> Mapping[str, Any]:
    document = cart.document if cart else None
    return document if isinstance(document, dict) else {}
