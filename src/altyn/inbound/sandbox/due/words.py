"""What is due, in words: the console shows them in both languages, the API and the command in
English."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from types import MappingProxyType
from typing import Final

from altyn.domain.callback import CALLBACK
from altyn.domain.instalments import INSTALMENT
from altyn.domain.mail import MAIL
from altyn.domain.order import Due
from altyn.domain.receipt.values import RECEIPT
from altyn.domain.sms import SMS
from altyn.look import Words
from altyn.operations.due_list import DueItem

# fmt: off
_WORDS: Final = MappingProxyType({
    Due.SESSION_EXPIRY: Words("Срок оплаты закончится, заказ будет отклонён", "The time to pay ends; the order is declined"),
    Due.AUTO_COMPLETION: Words("Удержанная сумма спишется (autocompletionDate)", "The hold is deposited (autocompletionDate)"),
    Due.AUTO_REVERSE: Words("Удержание отменится (autoReverseDate)", "The hold is reversed (autoReverseDate)"),
    Due.HOLD_RELEASE: Words("Срок удержания закончится, деньги вернутся покупателю", "The hold ends; the money is released to the payer"),
    CALLBACK: Words("Уведомление «{operation}», попытка {attempt}, на {host}", "Callback “{operation}”, attempt {attempt}, to {host}"),
    RECEIPT: Words("Чек в {host}: запрос {attempt}", "Receipt at {host}: request {attempt}"),
    INSTALMENT: Words("Спишется часть {part} оплаты частями", "Part {part} of the payment in parts is charged"),
    MAIL: Words("Письмо на {receiver}, попытка {attempt}", "Mail to {receiver}, attempt {attempt}"),
    SMS: Words("SMS на {receiver}, попытка {attempt}", "SMS to {receiver}, attempt {attempt}"),
})
_ON_PHONE: Final = Words("Срок оплаты закончится: заказ будет отклонён, запрос в приложении банка погаснет", "The time to pay ends; the order is declined, and the request in the bank's app ends")
_OTHER: Final = Words("Действие «{action}», попытка {attempt}", "Action “{action}”, attempt {attempt}")
# fmt: on


def due_text(item: DueItem, language: str) -> str:
    """What happens, as a sentence without a full stop."""
    words = _ON_PHONE if item.on_phone else _WORDS.get(item.action, _OTHER)
    return words.text(
        language,
        action=item.action,
        operation=item.operation,
        receiver=item.receiver,
        host=item.host,
        attempt=item.attempt,
        part=item.parameters.get("part", ""),
    )
