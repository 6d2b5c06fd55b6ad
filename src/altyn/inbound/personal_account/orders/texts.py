"""The texts of the list of orders, in Russian and English."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from types import MappingProxyType
from typing import Final

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.receipt.values import ReceiptState
from altyn.inbound.personal_account.orders.action_texts import ACTION_TEXTS
from altyn.look import Words
from altyn.operations.order_list import OrderDate
from altyn.protocol.payment_ways import PaymentWay

# fmt: off
_LIST: Final = {
    "orders": Words("Заказы", "Orders"),
    "filter": Words("Фильтр", "Filter"),
    "change_filter": Words("Изменить фильтр", "Change the filter"),
    "apply": Words("Применить", "Apply"),
    "clear": Words("Сбросить", "Clear"),
    "number": Words("Номер заказа", "Order number"),
    "number_hint": Words("% — любые знаки: 4%", "% stands for any characters: 4%"),
    "id": Words("Id заказа", "Order id"),
    "from": Words("Сумма от", "Amount from"),
    "to": Words("Сумма до", "Amount to"),
    "kind": Words("Дата", "Date"),
    "since": Words("С (МСК)", "From (Moscow time)"),
    "until": Words("До (МСК)", "Until (Moscow time)"),
    "period": Words("Период", "Period"),
    "status": Words("Состояние", "Status"),
    "code": Words("Код ответа", "Action code"),
    "card": Words("Карта: последние 4 цифры", "Card: last 4 digits"),
    "bank": Words("Банк карты", "Issuing bank"),
    "holder": Words("Держатель карты", "Cardholder"),
    "holder_hint": Words("Имя или его часть", "The name or a part of it"),
    "approval": Words("Код одобрения", "Approval code"),
    "issuer_unknown": Words("неизвестный банк", "unknown bank"),
    "issuer_known": Words("все известные банки", "all known banks"),
    "issuer_except": Words("все, кроме {bank}", "all except {bank}"),
    "date": Words("Дата", "Date"),
    "email": Words("Почта покупателя", "Payer's email"),
    "way": Words("Способ оплаты", "Way to pay"),
    "receipt": Words("Чек", "Receipt"),
    "shop": Words("Магазин", "Shop"),
    "any": Words("Любой", "Any"),
    "any_currency": Words("Любая", "Any"),
    "all_shops": Words("Все", "All"),
    "columns": Words("Столбцы", "Columns"),
    "keep_columns": Words("Запомнить столбцы", "Keep these columns"),
    "columns_kept": Words("Столбцы запомнены", "The columns are kept"),
    "fields": Words("Поля фильтра", "Filter fields"),
    "keep_fields": Words("Запомнить поля", "Keep these fields"),
    "fields_kept": Words("Поля фильтра запомнены", "The filter fields are kept"),
    "fields_hint": Words("Поле, по которому отобран список, видно всегда", "A field that the filter uses is always shown"),
    "fields_none": Words("Выберите хотя бы одно поле.", "Choose at least one field."),
    "filters": Words("Мои фильтры", "My filters"),
    "filter_name": Words("Название", "Name"),
    "keep_filter": Words("Сохранить этот фильтр", "Save this filter"),
    "filter_kept": Words("Фильтр «{name}» сохранён", "The filter “{name}” is saved"),
    "to_invoice": Words("К счёту", "To the invoice"),
    "filter_removed": Words("Фильтр удалён", "The filter is removed"),
    "remove_filter": Words("Удалить фильтр «{name}»", "Remove the filter “{name}”"),
    "filters_full": Words("Сохранено уже {count} фильтров. Удалите ненужный.", "{count} filters are saved already. Remove one that you do not need."),
    "filter_nameless": Words("Дайте фильтру название, не длиннее {count} знаков.", "Give the filter a name of at most {count} characters."),
    "created": Words("Создан", "Created"),
    "amount": Words("Сумма", "Amount"),
    "approved": Words("Одобрено", "Approved"),
    "deposited": Words("Списано", "Deposited"),
    "refunded": Words("Возвращено", "Refunded"),
    "description": Words("Описание", "Description"),
    "live": Words("Список обновляется сам", "The list updates by itself"),
    "reached": Words("Просмотрены заказы до {moment}. Старше ещё есть.", "Orders are searched back to {moment}. There are older ones."),
    "reached_none": Words("Среди них подходящих нет.", "None of them matches."),
    "nothing": Words("Таких заказов нет", "There are no such orders"),
    "nothing_help": Words("Измените фильтр или ищите за всё время.", "Change the filter, or search at all times."),
    "search_ever": Words("Искать за всё время", "Search at all times"),
    "download": Words("Скачать CSV", "Download CSV"),
    "build": Words("Собрать XLSX", "Build XLSX"),
    "format_unknown": Words("Файл может быть XLSX или CSV.", "A file can be XLSX or CSV."),
    "build_csv": Words("Собрать CSV", "Build CSV"),
    "build_hint": Words("Файл соберётся в фоне и появится в разделе «{menu}»", "The file is built in the background and appears under {menu}"),
    "download_hint": Words("До {count} заказов", "Up to {count} orders"),
    "cut": Words("Показаны первые {count} заказов. Сузьте фильтр, чтобы получить остальные.", "Only the first {count} orders are here. Narrow the filter to get the others."),
    "faults": Words("Фильтр не применён: исправьте отмеченные поля.", "The filter is not applied: correct the marked fields."),
    "no_order": Words("Такого заказа нет", "There is no such order"),
    "no_order_help": Words("Проверьте id. Заказы других магазинов здесь не видны.", "Check the id. Orders of other shops are not shown here."),
    "currency": Words("Валюта", "Currency"),
}
_WRONG: Final = {
    "wrong_number": Words("Не длиннее 100 знаков", "At most 100 characters"),
    "wrong_id": Words("Id состоит из 32 цифр и букв a–f: скопируйте его целиком", "An id has 32 digits and letters a–f: copy the whole of it"),
    "wrong_from": Words("Введите сумму: 10000 или 10 000,50", "Type an amount: 10000 or 10 000.50"),
    "wrong_to": Words("Введите сумму не меньше суммы «от»", "Type an amount, not less than the amount “from”"),
    "wrong_currency": Words("Выберите валюту из списка", "Choose a currency of the list"),
    "wrong_kind": Words("Выберите дату из списка", "Choose a date of the list"),
    "wrong_period": Words("Выберите период", "Choose a period"),
    "wrong_since": Words("Введите дату и время: 2026-11-27T10:00", "Type a date and a time: 2026-11-27T10:00"),
    "wrong_until": Words("Введите дату и время позже начала", "Type a date and a time after the beginning"),
    "wrong_code": Words("Введите число: 0, 116 или -2007", "Type a number: 0, 116 or -2007"),
    "wrong_card": Words("Введите ровно четыре цифры", "Type exactly four digits"),
    "wrong_bank": Words("Выберите банк из списка", "Choose a bank of the list"),
    "wrong_holder": Words("Не длиннее 100 знаков", "At most 100 characters"),
    "wrong_approval": Words("До шести цифр и латинских букв", "Up to six digits and Latin letters"),
    "wrong_email": Words("Не длиннее 100 знаков", "At most 100 characters"),
    "wrong_way": Words("Выберите способ из списка", "Choose a way of the list"),
    "wrong_receipt": Words("Выберите состояние из списка", "Choose a state of the list"),
    "wrong_shop": Words("Выберите магазин из списка", "Choose a shop of the list"),
}
_SENTENCE: Final = {
    "say_all": Words("все заказы", "all orders"),
    "say_or": Words(" и ", " and "),
    "say_number": Words("номер {text}", "number {text}"),
    "say_id": Words("id {text}", "id {text}"),
    "say_from": Words("от {low}", "over {low}"),
    "say_to": Words("до {high}", "up to {high}"),
    "say_each_currency": Words("{amounts} в валюте заказа", "{amounts} in the order's currency"),
    "say_range": Words("от {low} до {high}", "{low} to {high}"),
    "say_currency": Words("в {text}", "in {text}"),
    "say_code": Words("код ответа {text}", "action code {text}"),
    "say_card": Words("карта …{text}", "card …{text}"),
    "say_bank": Words("банк карты: {text}", "issuing bank: {text}"),
    "say_holder": Words("держатель {text}", "cardholder {text}"),
    "say_approval": Words("код одобрения {text}", "approval code {text}"),
    "say_email": Words("почта {text}", "email {text}"),
    "say_way": Words("способ: {text}", "by {text}"),
    "say_receipt": Words("чек {text}", "receipt {text}"),
    "say_shop": Words("магазин {text}", "shop {text}"),
    "say_since": Words("с {since}", "from {since}"),
    "say_until": Words("до {until}", "until {until}"),
    "say_between": Words("с {since} до {until}", "from {since} until {until}"),
    "period_today": Words("за сегодня", "today"),
    "period_2": Words("за 2 дня", "last 2 days"),
    "period_7": Words("за 7 дней", "last 7 days"),
    "period_30": Words("за 30 дней", "last 30 days"),
    "period_ever": Words("за всё время", "at all times"),
    "choose_today": Words("Сегодня", "Today"),
    "choose_2": Words("2 дня", "2 days"),
    "choose_7": Words("7 дней", "7 days"),
    "choose_30": Words("30 дней", "30 days"),
    "choose_ever": Words("Всё время", "All times"),
}
# fmt: on

STATUS_NAMES: Final = MappingProxyType(
    {
        OrderStatus.CREATED: Words("не оплаченные", "not paid"),
        OrderStatus.WAITING: Words("ждут покупателя", "waiting for the payer"),
        OrderStatus.APPROVED: Words("с удержанной суммой", "held"),
        OrderStatus.DEPOSITED: Words("оплаченные", "paid"),
        OrderStatus.REVERSED: Words("отменённые", "reversed"),
        OrderStatus.REFUNDED: Words("с возвратом", "refunded"),
        OrderStatus.DECLINED: Words("отклонённые", "declined"),
    }
)
"""How a filter names the orders of a status."""

DATE_NAMES: Final = MappingProxyType(
    {
        OrderDate.CREATED: Words("Создание", "Creation"),
        OrderDate.PAID: Words("Оплата", "Payment"),
        OrderDate.DEPOSITED: Words("Завершение", "Completion"),
        OrderDate.REVERSED: Words("Отмена", "Reversal"),
        OrderDate.REFUNDED: Words("Возврат", "Refund"),
    }
)
RECEIPT_NAMES: Final = MappingProxyType(
    {
        ReceiptState.SENT: Words("отправлен", "sent"),
        ReceiptState.DELIVERED: Words("выдан", "issued"),
        ReceiptState.FAILED: Words("с ошибкой", "failed"),
    }
)
WAY_NAMES: Final = MappingProxyType(
    {
        PaymentWay.CARD: Words("карта", "card"),
        PaymentWay.CARD_BINDING: Words("сохранённая карта", "stored card"),
        PaymentWay.SBRF_SBOL: Words("SberPay", "SberPay"),
        PaymentWay.SBP_C2B: Words("СБП", "SBP"),
        PaymentWay.BNPL: Words("оплата частями", "payment in parts"),
    }
)
"""The ways that this gateway offers; another one is shown by its name on the wire."""

ORDERS_TEXTS: Final = MappingProxyType({**_LIST, **_WRONG, **_SENTENCE, **ACTION_TEXTS})


def orders_text(key: str, *, language: str, **values: object) -> str:
    """A text of the orders' pages. Raises KeyError for an unknown key or a missing value."""
    return ORDERS_TEXTS[key].text(language, **values)


def way_name(way: str, language: str) -> str:
    """The name of a way to pay."""
    known = {str(each): words for each, words in WAY_NAMES.items()}
    return known[way].text(language) if way in known else way
