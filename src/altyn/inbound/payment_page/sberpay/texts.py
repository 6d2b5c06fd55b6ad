"""The texts of SberPay on the payment page, in Russian and English.

Source of the facts: sberpay.md §1, §3, §4, and its additions.
"""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from altyn.inbound.payment_page.texts import TEXTS, words_in
from altyn.look import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

# fmt: off
SBERPAY_TEXTS: Final[Mapping[str, Words]] = MappingProxyType({
    "sberpay_title": Words("SberPay", "SberPay"),
    "sberpay_line": Words("В приложении банка", "In your bank's app"),
    "sberpay_heading": Words("Оплата через SberPay", "Pay with SberPay"),
    "sberpay_how": Words(
        "Вы подтвердите оплату в приложении банка. Данные карты вводить не нужно.",
        "You confirm the payment in your bank's app. No card details are needed.",
    ),
    "sberpay_open": Words("Открыть приложение банка", "Open the bank's app"),
    "sberpay_qr": Words("Показать QR-код", "Show a QR code"),
    "sberpay_qr_hint": Words(
        "Отсканируйте его в приложении банка или камерой телефона.",
        "Scan it with your bank's app or with the camera of your phone.",
    ),
    "sberpay_qr_phone_hint": Words(
        "Если приложение на другом телефоне или ссылка не открывается.",
        "If the app is on another phone, or the link does not open.",
    ),
    "sberpay_or_phone": Words("или по номеру телефона", "or by phone number"),
    "sberpay_phone": Words("Номер телефона", "Phone number"),
    "sberpay_phone_hint": Words(
        "Телефон, к которому привязан банк: на него придёт уведомление.",
        "The phone that your bank knows: it gets a notification.",
    ),
    "sberpay_send": Words("Отправить уведомление", "Send a notification"),
    "sberpay_other_way": Words("Выбрать другой способ", "Choose another way"),
    "sberpay_inactive": Words(
        "В приложении банка идут технические работы. Попробуйте позже или спросите магазин о другом способе оплаты.",
        "The bank's app is under maintenance. Try later, or ask the shop about another way to pay.",
    ),
    "sberpay_limits": Words(
        "Через SberPay можно заплатить от {smallest} до {largest}.", "SberPay takes payments from {smallest} to {largest}.",
    ),
    "sberpay_currency": Words("Через SberPay можно заплатить только в рублях.", "SberPay takes payments in roubles only."),
    "sberpay_closed": Words(
        "Магазин не принимает оплату через SberPay.", "The shop does not take payments by SberPay.",
    ),
})
# fmt: on


def sberpay_text(key: str, language: str, **values: object) -> str:
    """A text of SberPay, else of the payment page. Raises KeyError for an unknown key."""
    words = SBERPAY_TEXTS.get(key) or TEXTS[key]
    return words_in(words, language).format(**values)
