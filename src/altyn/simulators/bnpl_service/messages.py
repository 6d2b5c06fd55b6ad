"""The SMS that the service sends to a payer's phone."""

from datetime import date
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from altyn.domain.instalments import Instalment, Plan
from altyn.domain.money import CURRENCIES, RUB, Money
from altyn.protocol.phone_messages import MessageKind, NewMessage

CODE: Final = "1111"
"""The code that every phone of the sandbox gets. Source: bnpl.md §5."""


def code_message(application: Any) -> NewMessage:
    """The SMS with the code of an application (a row); each code has a message of its own."""
    name = f"{application['number']}-{application['codes_sent']}"
    return _sms(
        phone=application["phone"],
        order_id=application["order_id"],
        subject=f"bnpl:{application['order_id'].hex}",
        name=name,
        text=f"Код {CODE} для оплаты частями в «{application['shop_name']}». "
        "Никому его не сообщайте.",
    )


def agreed_message(contract: Any, plan: Plan) -> NewMessage:
    """The SMS after the first part was charged, with the later parts."""
    first, *later = plan.parts
    parts = "; ".join(f"{_day(each.due_on)} {_amount(each, contract)}" for each in later)
    return _of_part(
        contract,
        first,
        name="agreed",
        text=f"{contract['shop_name']}, заказ {contract['order_number']}: первая часть "
        f"{_amount(first, contract)} списана. Дальше: {parts}.",
    )


def charged_message(contract: Any, part: Instalment) -> NewMessage:
    """The SMS after a later part was charged."""
    return _of_part(
        contract,
        part,
        name="charged",
        text=f"{contract['shop_name']}, заказ {contract['order_number']}: списана часть "
        f"{part.number}, {_amount(part, contract)}.",
    )


def failed_message(contract: Any, part: Instalment, key: str) -> NewMessage:
    """The SMS after the bank of the card has declined a part; `key` is that of the request."""
    return _of_part(
        contract,
        part,
        name=key,
        text=f"{contract['shop_name']}, заказ {contract['order_number']}: часть {part.number}, "
        f"{_amount(part, contract)}, не списана. Пополните карту, мы попробуем ещё раз.",
    )


def _of_part(contract: Any, part: Instalment, *, name: str, text: str) -> NewMessage:
    return _sms(
        phone=contract["phone"],
        order_id=contract["order_id"],
        subject=f"instalment:{contract['order_id'].hex}-{part.number}",
        name=f"{contract['key']} {name}",
        text=text,
        amount_minor=part.amount_minor,
        currency=contract["currency"],
    )


def _sms(
    *,
    phone: str,
    order_id: UUID,
    subject: str,
    name: str,
    text: str,
    amount_minor: int | None = None,
    currency: str = "643",
) -> NewMessage:
    """An SMS whose id is made of its subject and name, so that it is stored once."""
    return NewMessage(
        message_id=uuid5(NAMESPACE_URL, f"{subject} {name}"),
        phone=phone,
        kind=MessageKind.SMS,
        text=text,
        subject=subject,
        order_id=order_id,
        amount_minor=amount_minor,
        currency=currency,
    )


def _amount(part: Instalment, contract: Any) -> str:
    minor = part.amount_minor
    return Money(minor, CURRENCIES.get(contract["currency"], RUB)).human()


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
