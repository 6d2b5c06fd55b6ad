"""What a phone answers to a message, carried out by the sender of the message.

Every answer in the sandbox goes through here: from the API, from the phone's page, and from the
stub of the bank's notification. Source: sberpay.md §2, §6.
"""

from typing import Final
from uuid import UUID

import structlog

from altyn.inbound.sandbox.phones.number import read_phone
from altyn.inbound.sandbox.phones.ports import INVOICE, PhoneServices
from altyn.inbound.sandbox.phones.refusals import PhoneRefusal, PhoneRefusedError
from altyn.protocol.bank_invoices import InvoiceResponse
from altyn.protocol.payer_invoices import Invoice
from altyn.protocol.phone_messages import MessageAction, MessageEnd, PhoneMessage

log = structlog.get_logger("altyn.sandbox")

_ENDS: Final = {
    MessageEnd.CLOSED: PhoneRefusal.CLOSED,
    MessageEnd.ELSEWHERE: PhoneRefusal.ELSEWHERE,
    MessageEnd.WITHDRAWN: PhoneRefusal.WITHDRAWN,
    MessageEnd.CANCELLED: PhoneRefusal.CANCELLED,
    MessageEnd.EXPIRED: PhoneRefusal.EXPIRED,
}


async def answer_message(
    phone: str, message_id: str, action: str, services: PhoneServices
) -> tuple[PhoneMessage, InvoiceResponse]:
    """Answer a message; the message as it is then, and the result at its sender.

    Raises PhoneRefusedError: NOT_A_PHONE, NO_MESSAGE, UNKNOWN_ACTION, then why the message cannot
    be answered: NO_ACTIONS, ANSWERED, EXPIRED, CLOSED.
    """
    message = await find_message(phone, message_id, services)
    if action not in set(MessageAction):
        raise PhoneRefusedError(PhoneRefusal.UNKNOWN_ACTION, action)
    _refuse_if_over(message)
    response = await answer_subject(message.subject, MessageAction(action), message.phone, services)
    answered = await find_message(phone, message_id, services)
    if response is None:  # another answer was faster, or a process was killed after the answer
        _refuse_if_over(answered)
        raise PhoneRefusedError(PhoneRefusal.CLOSED)
    return answered, response


async def answer_subject(
    subject: str, action: MessageAction, phone: str, services: PhoneServices
) -> InvoiceResponse | None:
    """Have the sender of messages about a subject carry out an answer; None when it waits for none.

    `phone` is the one that answers, or empty.
    """
    word, _, key = subject.partition(":")
    sender = services.senders.get(word)
    response = None if sender is None else await sender(key, action, phone)
    result = response.state if response else "refused: nothing waits for an answer"
    log.info("phone_answered", subject=subject, action=action.value, result=result)
    return response


async def find_message(phone: str, message_id: str, services: PhoneServices) -> PhoneMessage:
    """A message of a phone. Raises PhoneRefusedError: NOT_A_PHONE, NO_MESSAGE."""
    number = checked_phone(phone)
    try:
        message = await services.phones.message(number, UUID(message_id))
    except ValueError:
        message = None
    if message is None:
        raise PhoneRefusedError(PhoneRefusal.NO_MESSAGE, message_id)
    return message


async def invoice_of(message: PhoneMessage, services: PhoneServices) -> Invoice | None:
    """The invoice that a message is about; None for a message about something else."""
    word, _, key = message.subject.partition(":")
    return await services.bank.invoice(key) if word == INVOICE else None


def checked_phone(text: str) -> str:
    """The digits of a phone number. Raises PhoneRefusedError: NOT_A_PHONE."""
    phone = read_phone(text)
    if phone is None:
        raise PhoneRefusedError(PhoneRefusal.NOT_A_PHONE, text)
    return phone


def _refuse_if_over(message: PhoneMessage) -> None:
    if message.actions:
        return
    if message.end is None:
        raise PhoneRefusedError(PhoneRefusal.NO_ACTIONS)
    if message.answer is not None:
        raise PhoneRefusedError(PhoneRefusal.ANSWERED, message.answer)
    raise PhoneRefusedError(_ENDS[message.end])
