"""The texts of the page with the payment link, in Russian and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.look import Words

_TEXTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "band": Words("Тестовый шлюз: деньги не списываются.", "Sandbox: no money moves."),
        "title": Words("Оплата по ссылке", "Payment by link"),
        "scan": Words(
            "Наведите камеру телефона на код и оплатите заказ.",
            "Point the camera of your phone at the code, and pay for the order.",
        ),
        "alt": Words("QR-код со ссылкой на оплату", "QR code with the payment link"),
        "order": Words("Заказ {number}", "Order {number}"),
        "until": Words("Оплатить до", "Pay before"),
        "send": Words("Отправить ссылку", "Send the link"),
        "phone": Words("Телефон", "Phone"),
        "email": Words("Электронная почта", "E-mail"),
        "by_sms": Words("Отправить СМС", "Send an SMS"),
        "by_email": Words("Отправить письмо", "Send a mail"),
        "left": Words("Сейчас можно отправить ещё: {count}.", "Messages left now: {count}."),
        "sent": Words("Ссылка отправлена: {to}.", "The link is on its way to {to}."),
        "phone_hint": Words("Например, +7 999 888-77-66", "For example +7 999 888-77-66"),
        "bad_phone": Words(
            "Введите номер телефона, например +7 999 888-77-66.",
            "Enter a Russian phone number, for example +7 999 888-77-66.",
        ),
        "bad_email": Words(
            "Введите адрес почты, например anna@example.org.",
            "Enter an e-mail address, for example anna@example.org.",
        ),
        "exhausted": Words(
            "Ссылку этого заказа отправляли слишком часто. Повторите после {until} или покажите "
            "QR-код.",
            "The link of this order was sent too often. Repeat after {until}, or show the code.",
        ),
        "shop_exhausted": Words(
            "Магазин отправил слишком много ссылок за час. Повторите после {until} или покажите "
            "QR-код.",
            "The shop has sent too many links within an hour. Repeat after {until}, or show the "
            "code.",
        ),
        "used_up": Words(
            "Ссылку этого заказа больше отправить нельзя. Покажите QR-код.",
            "The link of this order cannot be sent any more. Show the code.",
        ),
        "over": Words(
            "По этой ссылке больше нельзя заплатить", "This link takes no payment any more"
        ),
        "over_hint": Words(
            "Заказ оплачен, отменён, или время оплаты вышло. Чтобы принять оплату, оформите новый "
            "заказ.",
            "The order is paid, cancelled or expired. Register a new order to take a payment.",
        ),
        "missing": Words("Такого заказа нет", "There is no such order"),
        "missing_hint": Words(
            "В адресе страницы должен быть orderId из ответа register.do.",
            "The address of the page has the orderId of register.do's answer.",
        ),
    }
)


def text(key: str, language: str, **values: object) -> str:
    """A text in one of the two languages."""
    return _TEXTS[key].text(language, **values)
