"""The tile of SberPay, and why it cannot pay an order. Source: sberpay.md §3, §5."""

from typing import Final

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.money import RUB, Money
from altyn.domain.order import Order
from altyn.inbound.payment_page.sberpay.texts import SBERPAY_TEXTS, sberpay_text
from altyn.inbound.payment_page.tiles import WayTile
from altyn.look import amount_text


def _line(_order: Order, language: str) -> str:
    return sberpay_text("sberpay_line", language)


def _absence(order: Order, merchant: Merchant, language: str) -> str:
    """Why SberPay cannot pay: the first reason of permission, currency, sum, maintenance."""
    settings = merchant.settings.sberpay
    if not merchant.may(Permission.SBERPAY):
        return sberpay_text("sberpay_closed", language)
    if order.currency != RUB.code:
        return sberpay_text("sberpay_currency", language)
    if not settings.covers(order.amount_minor):
        limits = (settings.amount_min_minor, settings.amount_max_minor)
        smallest, largest = (amount_text(Money(each, RUB), language) for each in limits)
        return sberpay_text("sberpay_limits", language, smallest=smallest, largest=largest)
    return sberpay_text("sberpay_inactive" if settings.inactive else "sberpay_closed", language)


SBERPAY_TILE: Final = WayTile(
    titles=SBERPAY_TEXTS["sberpay_title"]._asdict(),
    icon="phone",
    line=_line,
    opens_step=True,
    absence=_absence,
)
