"""The texts of the page with the payment link, in Russian and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class _Text(NamedTuple):
    ru: str
    en: str


_TEXTS: Final[Mapping[str, _Text]] = MappingProxyType(
    {
        "band": _Text("Тестовый шлюз: деньги не списываются.", "Sandbox: no money moves."),
        "title": _Text("Оплата по ссылке", "Payment by link"),
        "scan": _Text(
            "Наведите камеру телефона на код и оплатите заказ.",
            "Point the camera of your phone at the code, and pay for the order.",
        ),
        "alt": _Text("QR-код со ссылкой на оплату", "QR code with the payment link"),
        "order": _Text("Заказ {number}", "Order {number}"),
        "until": _Text("Оплатить до", "Pay before"),
        "send": _Text("Отправить ссылку", "Send the link"),
        "phone": _Text("Телефон", "Phone"),
        "email": _Text("Электронная почта", "E-mail"),
        "by_sms": _Text("Отправить СМС", "Send an SMS"),
        "by_email": _Text("Отправить письмо", "Send a mail"),
        "left": _Text("Сейчас можно отправить ещё: {count}.", "Messages left now: {count}."),
        "sent": _Text("Ссылка отправлена: {to}.", "The link is on its way to {to}."),
        "phone_hint": _Text("Например, +7 999 888-77-66", "For example +7 999 888-77-66"),
        "bad_phone": _Text(
            "Введите номер телефона, например +7 999 888-77-66.",
            "Enter a Russian phone number, for example +7 999 888-77-66.",
        ),
        "bad_email": _Text(
            "Введите адрес почты, например anna@example.org.",
            "Enter an e-mail address, for example anna@example.org.",
        ),
        "exhausted": _Text(
            "Ссылку отправляли слишком часто. Повторите через час или покажите код.",
            "The link was sent too often. Repeat in an hour, or show the code.",
        ),
        "over": _Text(
            "По этой ссылке больше нельзя заплатить", "This link takes no payment any more"
        ),
        "over_hint": _Text(
            "Заказ оплачен, отменён, или время оплаты вышло. Чтобы принять оплату, оформите новый "
            "заказ.",
            "The order is paid, cancelled or expired. Register a new order to take a payment.",
        ),
        "missing": _Text("Такого заказа нет", "There is no such order"),
        "missing_hint": _Text(
            "В адресе страницы должен быть orderId из ответа register.do.",
            "The address of the page has the orderId of register.do's answer.",
        ),
    }
)


def text(key: str, language: str, **values: object) -> str:
    """A text in one of the two languages."""
    both = _TEXTS[key]
    return (both.en if language == "en" else both.ru).format(**values)
