"""The texts of the main page, in Russian and English."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.inbound.personal_account.texts import account_text
from altyn.look import Words
from altyn.protocol.payment_ways import PaymentWay

# fmt: off
MAIN_TEXTS: Final[Mapping[str, Words]] = MappingProxyType({
    "main_title": Words("Показатели", "Key figures"),
    "main_lead": Words("По заказам, зарегистрированным {period}. Сутки — московские.", "Of the orders that were registered {period}. Days are Moscow days."),
    "period": Words("Период", "Period"),
    "preset_1": Words("Сегодня", "Today"),
    "preset_7": Words("7 дней", "7 days"),
    "preset_30": Words("30 дней", "30 days"),
    "one_day": Words("{day}", "on {day}"),
    "some_days": Words("с {first} по {last}", "from {first} to {last}"),
    "currency": Words("Валюта", "Currency"),
    "turnover": Words("Оборот", "Turnover"),
    "refunded_of": Words("до возвратов; возвращено {refunded}", "before refunds; refunded {refunded}"),
    "orders": Words("Заказы", "Orders"),
    "registered": Words("Создано", "Created"),
    "paid": Words("Оплачено", "Paid"),
    "paid_of": Words("оплачено {paid}", "{paid} paid"),
    "conversion": Words("Конверсия", "Conversion"),
    "conversion_note": Words("доля оплаченных среди созданных", "paid orders among the created ones"),
    "average": Words("Средний чек", "Average bill"),
    "average_note": Words("на заказ со списанием: {count}", "per deposited order: {count}"),

    "by_day": Words("По дням", "By day"),
    "by_hour": Words("По часам", "By hour"),
    "table_day": Words("Таблица по дням", "Table by day"),
    "table_hour": Words("Таблица по часам", "Table by hour"),
    "day": Words("День", "Day"),
    "hour": Words("Час", "Hour"),
    "turnover_day": Words("Оборот по дням, {sign}", "Turnover by day, {sign}"),
    "turnover_hour": Words("Оборот по часам, {sign}", "Turnover by hour, {sign}"),
    "orders_day": Words("Заказы по дням", "Orders by day"),
    "orders_hour": Words("Заказы по часам", "Orders by hour"),
    "ways": Words("Способы оплаты", "Ways to pay"),
    "ways_note": Words("одобренные оплаты", "approved payments"),
    "way": Words("Способ", "Way"),
    "payments": Words("Оплат", "Payments"),
    "share": Words("Доля", "Share"),
    "no_ways": Words("Оплат за период нет.", "There are no payments in the period."),
    "refusals": Words("Отказы", "Refusals"),
    "refusals_note": Words("неудачные попытки оплаты", "failed attempts to pay"),
    "reason": Words("Причина", "Reason"),
    "attempts": Words("Попыток", "Attempts"),
    "code": Words("код {code}", "code {code}"),
    "other_refusals": Words("Другие причины", "Other reasons"),
    "no_refusals": Words("Отказов за период нет.", "There are no refusals in the period."),
    "no_orders": Words("Заказов за период нет", "There are no orders in the period"),
    "no_orders_help": Words("Показатели появятся с первым заказом. Выберите период длиннее или зарегистрируйте заказ.", "The figures appear with the first order. Choose a longer period, or register an order."),
})
_WAYS: Final[Mapping[str, Words]] = MappingProxyType({
    PaymentWay.CARD: Words("Карта", "Card"),
    PaymentWay.CARD_BINDING: Words("Сохранённая карта", "Stored card"),
    PaymentWay.CARD_MOTO: Words("Карта, заказ по телефону", "Card, order by phone"),
    PaymentWay.SBRF_SBOL: Words("SberPay", "SberPay"),
    PaymentWay.SBRF_SBOL_BINDING: Words("SberPay, сохранённый", "SberPay, stored"),
    PaymentWay.SBP_C2B: Words("СБП", "SBP"),
    PaymentWay.SBP_C2B_BINDING: Words("СБП, сохранённый счёт", "SBP, stored account"),
    PaymentWay.BNPL: Words("Оплата частями", "Payment in parts"),
    PaymentWay.MIR_PAY: Words("Mir Pay", "Mir Pay"),
    "": Words("Не указан", "Not named"),
})
# fmt: on


def main_text(key: str, *, language: str, **values: object) -> str:
    """A text of the main page or of the account. Raises KeyError for an unknown key."""
    if key in MAIN_TEXTS:
        return MAIN_TEXTS[key].text(language, **values)
    return account_text(key, language=language, **values)


def way_text(way: str, language: str) -> str:
    """A way to pay in words; one without words by its name on the wire."""
    words = _WAYS.get(way)
    return words.text(language) if words else way.replace("_", " ").title()
