"""The texts of a receipt in Russian and English. A receipt itself is written in Russian by law; the
English texts help a payer who reads it."""

from collections.abc import Mapping
from typing import Final

from altyn.domain.receipt.values import ReceiptKind

_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("Кассовый чек", "Fiscal receipt"),
    "sale": ("Приход", "Sale"),
    "return": ("Возврат прихода", "Return"),
    "closing": ("Приход. Зачёт предоплаты", "Sale. Prepayment used"),
    "correction": ("Чек коррекции", "Correction"),
    "waiting": ("Чек отправлен в кассу", "The receipt was sent to the cash register"),
    "waiting_more": (
        "Обычно это занимает меньше минуты. Обновите страницу.",
        "This usually takes less than a minute. Reload the page.",
    ),
    "failed": ("Чек не зарегистрирован", "The receipt is not registered"),
    "failed_more": (
        "Деньги переведены. Магазин должен выдать чек: обратитесь к нему.",
        "The money has moved. The shop has to issue the receipt: please contact it.",
    ),
    "missing": ("Такого чека нет", "There is no such receipt"),
    "missing_more": (
        "Проверьте ссылку: возможно, она скопирована не целиком.",
        "Check the link: it may be incomplete.",
    ),
    "inn": ("ИНН", "INN"),
    "tax_system": ("Система налогообложения", "Taxation system"),
    "order": ("Заказ", "Order"),
    "total": ("Итого", "Total"),
    "cashless": ("Безналичными", "Cashless"),
    "vat": ("В том числе", "Including"),
    "contact": ("Чек отправлен на", "Sent to"),
    "shift": ("Смена", "Shift"),
    "receipt": ("Чек за смену", "Receipt of the shift"),
    "time": ("Дата и время", "Date and time"),
    "ecr": ("РН ККТ", "Cash register"),
    "fn": ("ФН", "Fiscal drive"),
    "document": ("ФД", "Fiscal document"),
    "sign": ("ФП", "Fiscal sign"),
    "ofd": ("ОФД", "OFD"),
    "site": ("Сайт ФНС", "Tax service"),
    "qr": ("QR-код чека: проверьте чек в приложении ФНС", "QR code: check the receipt"),
    "print": ("Распечатать", "Print"),
    "sandbox": ("Песочница: чек не настоящий", "Sandbox: not a real receipt"),
    "ffd": ("Версия ФФД", "FFD version"),
    "shop": ("Магазин", "Shop"),
    "subject": ("{kind}: чек на {amount}, {shop}", "{kind}: receipt for {amount}, {shop}"),
    "open": ("Открыть чек", "Open the receipt"),
    "automatic": (
        (
            "Это письмо отправлено автоматически, отвечать на него не нужно. "
            "Вопросы о покупке задайте магазину."
        ),
        (
            "This message was sent automatically, please do not reply. "
            "Ask the shop about the purchase."
        ),
    ),
}


_KINDS: Final = {
    ReceiptKind.CLOSING: "closing",
    ReceiptKind.EXTERNAL_CORRECTION: "correction",
}


def text(name: str, *, language: str) -> str:
    """The text in a language; any other than English is Russian."""
    russian, english = _TEXTS[name]
    return english if language == "en" else russian


def kind_name(kind: ReceiptKind) -> str:
    """The name of the text for a kind of receipt."""
    if kind.returns_money:
        return "return"
    return _KINDS.get(kind, "sale")
