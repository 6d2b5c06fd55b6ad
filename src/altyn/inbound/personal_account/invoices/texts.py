"""The texts of invoices and payment links, in Russian and English, and what renders their pages."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from pathlib import Path
from types import MappingProxyType
from typing import Final

from altyn.inbound.web.frame import WebPages
from altyn.look import Words

# fmt: off
_INVOICES: Final = {
    "invoices": Words("Счета на оплату", "Invoices"),
    "invoices_lead": Words("Покупатель получит ссылку на страницу оплаты письмом, СМС или QR-кодом.", "The payer gets a link to the payment page by e-mail, SMS or QR code."),
    "new_invoice": Words("Новый счёт", "New invoice"),
    "amount": Words("Сумма, ₽", "Amount in roubles"),
    "amount_by_cart": Words("Сумма по корзине", "Amount of the cart"),
    "emails": Words("Почта покупателя", "Payer’s e-mail"),
    "emails_hint": Words("Несколько адресов — через запятую. Без адреса и телефона письма не будет: отправьте ссылку сами.", "Several addresses with commas between them. Without an address and a phone nothing is sent: pass the link on yourself."),
    "phone": Words("Телефон для СМС", "Phone for an SMS"),
    "payer_name": Words("ФИО покупателя", "Payer’s name"),
    "seller": Words("Продавец", "Seller"),
    "seller_hint": Words("Чтобы выставить счёт от другого магазина, выберите его вверху страницы.", "To make an invoice of another shop, choose it at the top of the page."),
    "sender": Words("Отправитель письма", "Sender of the mail"),
    "sender_hint": Words("Покупатель увидит это имя в письме. Пусто — название магазина.", "The payer sees this name in the mail. Empty: the shop’s name."),
    "mail_language": Words("Язык письма", "Language of the mail"),
    "order_number": Words("Номер заказа", "Order number"),
    "description": Words("Описание", "Description"),
    "pay_until": Words("Оплатить до (МСК)", "Pay before (Moscow time)"),
    "pay_until_hint": Words("После этого времени ссылка не примет оплату.", "After this time the link takes no payment."),
    "cart": Words("Корзина", "Cart"),
    "cart_lead": Words("Сумма счёта — сумма позиций.", "The amount of the invoice is the sum of the positions."),
    "no_cart": Words("Без корзины: сумма вводится выше.", "No cart: the amount is typed above."),
    "add_item": Words("Добавить позицию", "Add a position"),
    "remove_item": Words("Убрать позицию {number}", "Remove position {number}"),
    "item": Words("Позиция {number}", "Position {number}"),
    "item_name": Words("Название", "Name"),
    "item_quantity": Words("Количество", "Quantity"),
    "item_price": Words("Цена за единицу, ₽", "Price of a unit, roubles"),
    "item_measure": Words("Единица", "Unit"),
    "item_tax": Words("НДС", "VAT"),
    "item_method": Words("Признак способа расчёта", "Kind of payment"),
    "item_object": Words("Признак предмета расчёта", "Object of payment"),
    "recount": Words("Пересчитать", "Recount"),
    "total": Words("Итого", "Total"),
    "send_invoice": Words("Отправить платёжную форму", "Send the payment form"),
    "find_number_hint": Words("Целиком или со знаком % вместо любых символов", "Whole, or with % for any characters"),
    "find_payer": Words("Покупатель", "Payer"),
    "find_payer_hint": Words("Часть имени или адрес почты целиком", "A part of the name, or a whole e-mail address"),
    "none_found": Words("Таких счетов нет", "There are no such invoices"),
    "none_found_text": Words("Измените фильтр или сбросьте его.", "Change the filter, or clear it."),
    "none_older": Words("Более старых счетов нет", "There are no older invoices"),
    "reached": Words("Просмотрены счета до {moment}. Старше ещё есть.", "Invoices are searched back to {moment}. There are older ones."),
    "reached_none": Words("Среди них подходящих нет.", "None of them matches."),
    "no_invoices": Words("Счетов пока нет", "No invoices yet"),
    "no_invoices_text": Words("Заполните форму, и счёт появится здесь вместе с его состоянием.", "Fill in the form, and the invoice appears here with its state."),
    "number": Words("Заказ", "Order"),
    "payer": Words("Покупатель", "Payer"),
    "sum": Words("Сумма", "Amount"),
    "state": Words("Состояние", "State"),
    "until": Words("Оплатить до", "Pay before"),
    "by": Words("Выставил", "Made by"),
    "expired": Words("Срок оплаты истёк", "Time to pay is over"),
    "refused": Words("Счёт не создан", "The invoice is not made"),
    "check_fields": Words("Исправьте отмеченные поля.", "Correct the marked fields."),
    "wrong_amount": Words("Введите сумму больше нуля, например 1 500,00.", "Type an amount above zero, for example 1 500.00."),
    "wrong_emails": Words("Проверьте адреса: например, anna@example.org, через запятую.", "Check the addresses: for example anna@example.org, with commas between them."),
    "many_emails": Words("Не больше десяти адресов.", "At most ten addresses."),
    "wrong_phone": Words("Введите российский номер, например +7 999 888-77-66.", "Type a Russian number, for example +7 999 888-77-66."),
    "wrong_until": Words("Укажите дату и время в будущем.", "Choose a date and time in the future."),
    "long_name": Words("Не больше 100 знаков.", "At most 100 characters."),
    "wrong_cart": Words("У каждой позиции нужны количество (до трёх знаков после запятой) и цена больше нуля.", "Each position needs a quantity (at most three decimals) and a price above zero."),
}
_ONE: Final = {
    "invoice_title": Words("Счёт {number}", "Invoice {number}"),
    "done_registered": Words("Счёт создан", "The invoice is made"),
    "done_sent": Words("Сообщение отправляется", "The message is being sent"),
    "unsent": Words("Не отправлено: {to}", "Not sent: {to}"),
    "link": Words("Ссылка на оплату", "Payment link"),
    "qr": Words("QR-код ссылки на оплату", "QR code of the payment link"),
    "qr_lead": Words("Покажите покупателю или распечатайте.", "Show it to the payer, or print it."),
    "save_as": Words("Скачать {kind}", "Download {kind}"),
    "over_paid": Words("Счёт оплачен", "The invoice is paid"),
    "over_paid_text": Words("Ничего больше делать не нужно. Списать, отменить или вернуть деньги можно на странице заказа.", "There is nothing more to do. On the page of the order you can complete, reverse or refund it."),
    "over_paying": Words("Покупатель сейчас платит", "The payer is paying at the moment"),
    "over_paying_text": Words("Дождитесь результата, прежде чем выставлять новый счёт: иначе покупатель может заплатить дважды.", "Wait for the result before you make a new invoice: the payer could pay twice."),
    "over_returned": Words("Счёт был оплачен, деньги возвращены покупателю", "The invoice was paid, and the money is given back"),
    "over_returned_text": Words("Сколько и когда возвращено, видно на странице заказа.", "The page of the order shows how much was given back, and when."),
    "to_order": Words("К заказу", "To the order"),
    "link_over": Words("По ссылке больше нельзя заплатить", "The link takes no payment any more"),
    "link_over_text": Words("Покупатель увидит, чем закончился заказ. Чтобы получить оплату, выставьте новый счёт.", "The payer sees how the order ended. Make a new invoice to get a payment."),
    "messages": Words("Отправлено", "Sent"),
    "no_messages": Words("Сообщений со ссылкой не было.", "No message with the link was sent."),
    "send_again": Words("Отправить ещё раз", "Send once more"),
    "by_mail": Words("Отправить письмо", "Send a mail"),
    "by_sms": Words("Отправить СМС", "Send an SMS"),
    "one_mail": Words("Адрес почты", "E-mail address"),
    "all_invoices": Words("Все счета", "All invoices"),
    "no_invoice": Words("Счёт не найден", "No such invoice"),
    "no_invoice_text": Words("Возможно, адрес скопирован не полностью, или это счёт другого магазина.", "Perhaps the address is incomplete, or it is an invoice of another shop."),
}
_LINKS: Final = {
    "links": Words("Ссылки и кнопка", "Links and button"),
    "links_lead": Words("Постоянная ссылка или QR-код: покупатель сам вводит то, чего в ссылке нет. Каждая оплата — новый заказ.", "A static link or QR code: the payer types what the link does not have. Each payment is a new order."),
    "make_link": Words("Собрать ссылку", "Make a link"),
    "token": Words("Токен магазина", "Token of the shop"),
    "token_hint": Words("Публичный ключ из раздела «Доступ к API». В ссылке и на сайте его увидит каждый.", "The public key from “API access”. Everyone sees it in the link and on the site."),
    "what": Words("Что знает ссылка", "What the link has"),
    "fixed_hint": Words("Пустое поле введёт покупатель, если отметить «спросить».", "An empty field is typed by the payer where “ask” is ticked."),
    "ask": Words("Спросить: {name}", "Ask: {name}"),
    "link_amount": Words("Сумма, ₽", "Amount in roubles"),
    "link_amount_hint": Words("Пусто — сумму введёт покупатель.", "Empty: the payer types the amount."),
    "link_email": Words("Почта", "E-mail"),
    "link_phone": Words("Телефон", "Phone"),
    "link_description": Words("Назначение платежа", "What is paid for"),
    "link_order_number": Words("Номер заказа", "Order number"),
    "link_number_hint": Words("С номером ссылка одноразовая. Пусто — номер получит каждый заказ.", "With a number the link works once. Empty: each order gets its own."),
    "static_link": Words("Постоянная ссылка", "Static link"),
    "links_warning": Words("Сумму в адресе может изменить любой. Сверяйте сумму заказа перед отгрузкой.", "Anyone can change the amount in the address. Compare the amount of the order before you deliver."),
    "no_roubles": Words("Счета, ссылки и кнопка — в рублях, а магазин их не принимает: такой заказ будет отклонён. Попросите провайдера добавить рубли или регистрируйте заказы через API.", "Invoices, links and the button are in roubles, which the shop does not accept: such an order is refused. Ask the provider to add roubles, or register orders by the API."),
    "ip_list_warning": Words("У магазина включён список адресов API: постоянные ссылки и кнопка примут заказы только с этих адресов.", "The shop has an allow-list of addresses of the API: static links and the button take orders from these addresses only."),
    "button_title": Words("Кнопка оплаты на сайте", "Pay button on a site"),
    "button_lead": Words("Вставьте код на страницу. Сумма — в рублях; без суммы её введёт покупатель.", "Put the code into a page. The amount is in roubles; without one the payer types it."),
    "wrong_token": Words("Такого токена у магазина нет. Скопируйте его в разделе «Доступ к API».", "The shop has no such token. Copy it from “API access”."),
    "wrong_email": Words("Проверьте адрес, например anna@example.org.", "Check the address, for example anna@example.org."),
}
# fmt: on
INVOICE_TEXTS: Final = MappingProxyType({**_INVOICES, **_ONE, **_LINKS})


def invoice_text(key: str, *, language: str, **values: object) -> str:
    """A text of these pages. Raises KeyError for an unknown key or a missing value."""
    return INVOICE_TEXTS[key].text(language, **values)


RENDER: Final = WebPages(Path(__file__).parent / "templates", invoice_text).renderer()
