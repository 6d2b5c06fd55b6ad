"""The words for an order's states, changes and movements of money, in Russian and English."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.domain.history import HistoryEvent
from altyn.domain.ledger import Account, Movement
from altyn.domain.lifecycle import Event, OrderStatus
from altyn.domain.order import AttemptState, Due, Kind
from altyn.domain.outbox import EntryState
from altyn.domain.receipt.values import ReceiptKind, ReceiptState
from altyn.look import Words
from altyn.protocol.eci import AuthenticationLevel
from altyn.protocol.threeds import TransStatus, VeRes

OK: Final = "ok"
WARN: Final = "warn"
DANGER: Final = "danger"
PLAIN: Final = "plain"

# fmt: off
STATUS_WORDS: Final[Mapping[OrderStatus, tuple[Words, str]]] = MappingProxyType({
    OrderStatus.CREATED: (Words("Не оплачен", "Not paid"), PLAIN),
    OrderStatus.WAITING: (Words("Ждём покупателя", "Waiting for the payer"), WARN),
    OrderStatus.APPROVED: (Words("Сумма удержана", "Held"), WARN),
    OrderStatus.DEPOSITED: (Words("Оплачен", "Paid"), OK),
    OrderStatus.REVERSED: (Words("Отменён", "Reversed"), PLAIN),
    OrderStatus.REFUNDED: (Words("Возврат", "Refunded"), PLAIN),
    OrderStatus.DECLINED: (Words("Отклонён", "Declined"), DANGER),
})
ATTEMPT_WORDS: Final[Mapping[AttemptState, tuple[Words, str]]] = MappingProxyType({
    AttemptState.WAITING: (Words("ждём покупателя", "waiting for the payer"), WARN),
    AttemptState.ABANDONED: (Words("заменена другой попыткой", "replaced by another attempt"), PLAIN),
    AttemptState.ASKED: (Words("ждём ответа банка", "waiting for the bank"), WARN),
    AttemptState.APPROVED: (Words("одобрено", "approved"), OK),
    AttemptState.PENDING: (Words("банк решает", "the bank decides"), WARN),
    AttemptState.DECLINED: (Words("отказ", "declined"), DANGER),
    AttemptState.NOT_SENT: (Words("банк не получил запрос", "not sent to the bank"), DANGER),
    AttemptState.UNKNOWN: (Words("ответ банка потерян, узнаём итог", "the bank's answer is lost; inquiring"), WARN),
})

APPROVED: Final = Words("банк одобрил", "the bank approved")
"""The meaning of action code 0."""

KIND_WORDS: Final[Mapping[Kind, Words]] = MappingProxyType({
    Kind.PAY: Words("Оплата", "Payment"),
    Kind.DEPOSIT: Words("Списание", "Deposit"),
    Kind.REVERSE: Words("Отмена", "Reversal"),
    Kind.REFUND: Words("Возврат", "Refund"),
    Kind.PAYOUT: Words("Выплата на карту", "Payout to a card"),
})
MOVEMENT_WORDS: Final[Mapping[Movement, Words]] = MappingProxyType({
    Movement.HOLD: Words("Удержание", "Hold"),
    Movement.DEPOSIT: Words("Списание", "Deposit"),
    Movement.RELEASE: Words("Остаток удержания вернулся", "Rest of the hold released"),
    Movement.REVERSAL: Words("Отмена", "Reversal"),
    Movement.REFUND: Words("Возврат", "Refund"),
    Movement.PAYOUT: Words("Выплата на карту", "Payout to a card"),
})
ACCOUNT_WORDS: Final[Mapping[Account, Words]] = MappingProxyType({
    Account.PAYER: Words("покупатель", "payer"),
    Account.HOLD: Words("удержано", "hold"),
    Account.MERCHANT: Words("магазин", "merchant"),
})
ENROLMENT_WORDS: Final[Mapping[str, Words]] = MappingProxyType({
    VeRes.ENROLLED: Words("карта участвует", "the card takes part"),
    VeRes.NOT_ENROLLED: Words("карта не участвует", "the card does not take part"),
    VeRes.UNKNOWN: Words("банк не смог ответить", "the bank could not answer"),
})
AUTHENTICATION_WORDS: Final[Mapping[str, Words]] = MappingProxyType({
    TransStatus.AUTHENTICATED: Words("держатель подтверждён", "the holder is authenticated"),
    TransStatus.CHALLENGE: Words("банк спросил держателя", "the bank asks the holder"),
    TransStatus.FAILED: Words("держатель не подтверждён", "the holder is not authenticated"),
    TransStatus.ATTEMPTED: Words("была попытка подтвердить", "authentication was attempted"),
    TransStatus.UNKNOWN: Words("подтвердить не удалось", "authentication could not be done"),
    TransStatus.REJECTED: Words("банк отказал", "the bank rejects"),
})
ECI_WORDS: Final[Mapping[AuthenticationLevel, Words]] = MappingProxyType({
    AuthenticationLevel.FULL: Words("держатель подтверждён", "authenticated in full"),
    AuthenticationLevel.ATTEMPT: Words("была попытка подтвердить", "authentication was attempted"),
    AuthenticationLevel.NONE: Words("без подтверждения", "without authentication"),
})
RECEIPT_KIND_WORDS: Final[Mapping[ReceiptKind, Words]] = MappingProxyType({
    ReceiptKind.PAYMENT: Words("Чек оплаты", "Receipt of the payment"),
    ReceiptKind.REFUND: Words("Чек возврата", "Receipt of a refund"),
    ReceiptKind.CLOSING: Words("Чек закрытия", "Closing receipt"),
    ReceiptKind.EXTERNAL_PAYMENT: Words("Чек кассы магазина: оплата", "The shop's own receipt: payment"),
    ReceiptKind.EXTERNAL_REFUND: Words("Чек кассы магазина: возврат", "The shop's own receipt: refund"),
    ReceiptKind.EXTERNAL_CORRECTION: Words("Чек кассы магазина: коррекция", "The shop's own receipt: correction"),
})
RECEIPT_STATE_WORDS: Final[Mapping[ReceiptState, tuple[Words, str]]] = MappingProxyType({
    ReceiptState.SENT: (Words("отправлен", "sent"), WARN),
    ReceiptState.DELIVERED: (Words("выдан", "issued"), OK),
    ReceiptState.FAILED: (Words("ошибка", "failed"), DANGER),
})
ENTRY_WORDS: Final[Mapping[EntryState, tuple[Words, str]]] = MappingProxyType({
    EntryState.WAITING: (Words("отправляется", "being sent"), WARN),
    EntryState.DELIVERED: (Words("доставлено", "delivered"), OK),
    EntryState.DEAD: (Words("не доставлено", "not delivered"), DANGER),
})
DUE_WORDS: Final[Mapping[Due, Words]] = MappingProxyType({
    Due.SESSION_EXPIRY: Words("время на оплату кончится, заказ будет отклонён", "the time to pay ends and the order is declined"),
    Due.AUTO_COMPLETION: Words("удержанная сумма спишется", "the hold is deposited"),
    Due.AUTO_REVERSE: Words("удержание отменится", "the hold is reversed"),
    Due.HOLD_RELEASE: Words("банк снимет удержание", "the bank releases the hold"),
})
EVENT_WORDS: Final[Mapping[str, Words]] = MappingProxyType({
    HistoryEvent.REGISTERED: Words("Заказ зарегистрирован", "Order registered"),
    HistoryEvent.PAYER_SEEN: Words("Покупатель открыл платёжную страницу", "The payer opened the payment page"),
    Event.WAITING_FOR_PAYER: Words("Покупатель подтверждает оплату", "The payer confirms the payment"),
    HistoryEvent.CHALLENGE_ASKED: Words("Банк спросил код", "The bank asks for a code"),
    HistoryEvent.PAYMENT_ASKED: Words("Запрос на оплату отправлен", "Payment asked for"),
    HistoryEvent.PAY_PENDING: Words("Банк ещё решает об оплате", "The bank has not decided on the payment yet"),
    HistoryEvent.PAY_UNKNOWN: Words("Ответ банка об оплате не получен", "No answer of the bank about the payment"),
    Event.ATTEMPT_FAILED: Words("Попытка оплаты не удалась", "An attempt to pay failed"),
    Event.LAST_ATTEMPT_FAILED: Words("Последняя попытка не удалась", "The last attempt failed"),
    HistoryEvent.ATTEMPT_REFUSED: Words("Попытка остановлена: слишком много попыток", "Attempt stopped: too many attempts"),
    Event.HOLD_APPROVED: Words("Банк удержал сумму", "The bank holds the amount"),
    Event.PURCHASE_APPROVED: Words("Банк одобрил оплату", "The bank approved the payment"),
    Event.CARD_VERIFIED: Words("Карта проверена", "Card checked"),
    Event.SESSION_EXPIRED: Words("Время на оплату вышло", "The time to pay has ended"),
    Event.CANCELLED: Words("Заказ отклонён магазином", "Declined by the shop"),
    HistoryEvent.DEPOSIT_ASKED: Words("Запрос на списание отправлен", "Deposit asked for"),
    HistoryEvent.DEPOSIT_PENDING: Words("Банк ещё решает о списании", "The bank has not decided on the deposit yet"),
    HistoryEvent.DEPOSIT_UNKNOWN: Words("Ответ банка о списании не получен", "No answer of the bank about the deposit"),
    Event.DEPOSIT_APPROVED: Words("Сумма списана", "Deposited"),
    HistoryEvent.DEPOSIT_DECLINED: Words("Банк отказал в списании", "The bank declined the deposit"),
    HistoryEvent.REVERSAL_ASKED: Words("Запрос на отмену отправлен", "Reversal asked for"),
    HistoryEvent.REVERSE_PENDING: Words("Банк ещё решает об отмене", "The bank has not decided on the reversal yet"),
    HistoryEvent.REVERSE_UNKNOWN: Words("Ответ банка об отмене не получен", "No answer of the bank about the reversal"),
    Event.REVERSAL_APPROVED: Words("Оплата отменена", "Reversed"),
    Event.PARTIAL_REVERSAL_APPROVED: Words("Оплата отменена частично", "Reversed in part"),
    HistoryEvent.REVERSAL_DECLINED: Words("Банк отказал в отмене", "The bank declined the reversal"),
    HistoryEvent.REFUND_ASKED: Words("Запрос на возврат отправлен", "Refund asked for"),
    HistoryEvent.REFUND_PENDING: Words("Банк ещё решает о возврате", "The bank has not decided on the refund yet"),
    HistoryEvent.REFUND_UNKNOWN: Words("Ответ банка о возврате не получен", "No answer of the bank about the refund"),
    Event.REFUND_APPROVED: Words("Деньги возвращены", "Refunded"),
    HistoryEvent.REFUND_DECLINED: Words("Банк отказал в возврате", "The bank declined the refund"),
    HistoryEvent.PAYOUT_ASKED: Words("Запрос на выплату отправлен", "Payout asked for"),
    HistoryEvent.PAYOUT_PENDING: Words("Банк ещё решает о выплате", "The bank has not decided on the payout yet"),
    HistoryEvent.PAYOUT_UNKNOWN: Words("Ответ банка о выплате не получен", "No answer of the bank about the payout"),
    Event.PAYOUT_APPROVED: Words("Деньги выплачены на карту", "Paid out to the card"),
    Event.PAYOUT_FAILED: Words("Выплата не удалась", "The payout failed"),
    HistoryEvent.INSTALMENT_CHARGED: Words("Очередная часть списана", "A later part was charged"),
    HistoryEvent.INSTALMENT_DECLINED: Words("Очередную часть списать не удалось", "A later part was declined"),
    HistoryEvent.CREDIT_APPLIED: Words("Заявка на кредит отправлена в банк", "The bank considers the application for the credit"),
    HistoryEvent.CREDIT_APPROVED: Words("Банк одобрил кредит", "The bank granted the credit"),
    HistoryEvent.CREDIT_REFUSED: Words("Банк отказал в кредите", "The bank refused the credit"),
    HistoryEvent.PARAMS_ADDED: Words("Магазин добавил параметры", "The shop added parameters"),
    HistoryEvent.LINK_SENT: Words("Ссылка на оплату отправлена", "Payment link sent"),
    HistoryEvent.FINAL_PAYMENT_REGISTERED: Words("Зарегистрирован заказ на окончательный расчёт", "The order of the final payment is registered"),
    HistoryEvent.RECEIPT_RECEIVED: Words("Получен чек кассы магазина", "The shop's own receipt arrived"),
    HistoryEvent.RECEIPT_CLOSED: Words("Запрошен чек закрытия", "Closing receipt asked for"),
    HistoryEvent.RECEIPT_RESENT: Words("Чек отправлен повторно", "Receipt sent again"),
    HistoryEvent.TIMER_POSTPONED: Words("Действие по времени отложено", "A timed action was postponed"),
})
STORY_TEXTS: Final[Mapping[str, Words]] = MappingProxyType({
    "order": Words("Заказ {number}", "Order {number}"),
    "shop": Words("Магазин", "Shop"),
    "amount": Words("Сумма", "Amount"),
    "status": Words("Состояние", "Status"),
    "registered_at": Words("Зарегистрирован", "Registered"),
    "order_id": Words("Id заказа", "Order id"),
    "description": Words("Описание", "Description"),
    "stages": Words("Стадии", "Stages"),
    "one_stage": Words("одна", "one"),
    "two_stages": Words("две: удержание, потом списание", "two: hold, then deposit"),
    "payout": Words("выплата магазина на карту", "payout of the shop to a card"),
    "card_check": Words("проверка карты, деньги не списываются", "card check, nothing is taken"),
    "payer": Words("Покупатель", "Payer"),
    "client": Words("Id клиента", "Client id"),
    "email": Words("Почта", "Email"),
    "phone": Words("Телефон", "Phone"),
    "address": Words("Адрес в сети", "IP address"),
    "approved": Words("Одобрено банком", "Approved by the bank"),
    "fee": Words("Комиссия", "Fee"),
    "deposited": Words("Списано", "Deposited"),
    "refunded": Words("Возвращено", "Refunded"),
    "paid_out": Words("Выплачено", "Paid out"),
    "left": Words("Остаётся магазину", "Left with the shop"),
    "next": Words("Дальше", "Next"),
    "next_at": Words("{moment}: {what}", "{moment}: {what}"),
    "in_flight": Words("Банк ещё не ответил. Шлюз повторяет вопрос, пока не узнает итог.", "The bank has not answered yet. The gateway asks again until it knows the result."),
    "payable": Words("Заказ можно оплатить, осталось попыток: {left}.", "The order can be paid; attempts left: {left}."),
    "open_page": Words("Открыть платёжную страницу", "Open the payment page"),
    "history": Words("История", "History"),
    "by": Words("{actor}", "{actor}"),
    "money": Words("Деньги", "Money"),
    "no_money": Words("Денег ещё не двигали.", "No money has moved yet."),
    "due_to_shop": Words("после этого у магазина {amount}", "then with the shop {amount}"),
    "attempts": Words("Попытки", "Attempts"),
    "no_attempts": Words("Попыток ещё не было.", "There were no attempts yet."),
    "attempt": Words("Попытка", "Attempt"),
    "way": Words("Способ", "Way"),
    "card": Words("Карта", "Card"),
    "expiry": Words("Действует до", "Valid until"),
    "holder": Words("Держатель", "Holder"),
    "system": Words("Платёжная система", "Payment system"),
    "bank": Words("Банк карты", "Issuing bank"),
    "bank_country": Words("Страна банка", "Country of the bank"),
    "not_known": Words("неизвестно", "not known"),
    "three_ds": Words("Подтверждение 3-D Secure", "3-D Secure"),
    "three_ds_version": Words("Версия", "Version"),
    "ve_res": Words("Участие (VERes)", "Enrolment (VERes)"),
    "pa_res": Words("Итог у банка (PARes)", "Result at the bank (PARes)"),
    "a_res": Words("Ответ банка (ARes)", "Answer of the bank (ARes)"),
    "r_req": Words("Итог у банка (RReq)", "Result at the bank (RReq)"),
    "eci": Words("ECI", "ECI"),
    "cavv": Words("CAVV", "CAVV"),
    "xid": Words("XID", "XID"),
    "server_trans_id": Words("Id у сервера 3-D Secure", "3DS Server transaction"),
    "acs_trans_id": Words("Id у банка (ACS)", "ACS transaction"),
    "result": Words("Итог", "Result"),
    "action_code": Words("Код ответа", "Action code"),
    "rrn": Words("RRN", "RRN"),
    "approval_code": Words("Код одобрения", "Approval code"),
    "cart": Words("Корзина", "Cart"),
    "item": Words("Позиция", "Position"),
    "quantity": Words("Количество", "Quantity"),
    "params": Words("Параметры заказа (jsonParams)", "Parameters of the order (jsonParams)"),
    "receipts": Words("Чеки", "Receipts"),
    "open_receipt": Words("Открыть чек", "Open the receipt"),
    "resend_receipt": Words("Отправить чек снова", "Send the receipt again"),
    "replaces": Words("вместо чека с ошибкой", "in place of a failed one"),
    "callbacks": Words("Уведомления магазину", "Callbacks to the shop"),
    "no_callbacks": Words("Уведомлений нет: у магазина не указан адрес, или заказ ещё не изменился.", "There are none: the shop has named no address, or nothing has happened yet."),
    "callback_attempts": Words("попыток: {count}", "attempts: {count}"),
    "when": Words("Когда", "When"),
    "what": Words("Что", "What"),
    "who": Words("Кто", "Who"),
})
# fmt: on


def event_words(event: str, language: str) -> str:
    """An event of the history in words; one that has none is shown by its name."""
    known = EVENT_WORDS.get(event)
    return known.text(language) if known else event.replace("_", " ")


def story_text(key: str, *, language: str, **values: object) -> str:
    """A text of the story. Raises KeyError for an unknown key or a missing value."""
    return STORY_TEXTS[key].text(language, **values)
