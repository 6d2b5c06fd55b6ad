"""The mail that tells a payer that an order was paid, or that its sum is held.

Source: merchant-settings.md §8.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.domain.callback import CallbackOperation
from altyn.domain.language import text_language
from altyn.domain.mail import Mail
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.look import Words, date_text
from altyn.mails.order_facts import Orders, amount_fact, money_text, order_facts
from altyn.mails.rendering import Fact, render_html, render_text
from altyn.operations.mails import MailRequest, NotNeeded
from altyn.operations.ports import OrderKey

_TEXTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "paid": Words("Заказ оплачен", "Order paid"),
        "held": Words("Деньги заблокированы на карте", "The amount is held on your card"),
        "held_note": Words(
            "Магазин спишет деньги позже или снимет блокировку. ",
            "The shop takes the money later, or releases it. ",
        ),
        "subject": Words("{title}: {amount}, {shop}", "{title}: {amount}, {shop}"),
        "date": Words("Дата", "Date"),
        "automatic": Words(
            "Это письмо отправлено автоматически, отвечать на него не нужно. "
            "Вопросы о заказе задайте магазину.",
            "This message was sent automatically, please do not reply. "
            "Ask the shop about the order.",
        ),
    }
)


class PaymentMail:
    """Implements the port `MailTemplate` for the reason `payment`."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def __call__(self, request: MailRequest) -> Mail | NotNeeded:
        """The mail, in the language of the order."""
        merchant = request.merchant
        order = await self._orders.load(OrderKey(merchant.merchant_id, request.order_id))
        if order is None:
            return NotNeeded("the order of this mail does not exist any more")
        return payment_mail(request, order, merchant)


def payment_mail(request: MailRequest, order: Order, merchant: Merchant) -> Mail:
    """The mail about one payment or hold; `parameters`: `operation` of a callback, `amount`."""
    language = text_language(order.request.language, merchant.settings.default_language)
    held = request.parameters["operation"] == CallbackOperation.APPROVED
    amount = money_text(int(request.parameters["amount"]), order, language)
    title = _text("held" if held else "paid", language)
    shop = merchant.name_in(language)
    date = Fact(_text("date", language), date_text(request.due_at, language))
    facts = order_facts(order, shop, date, language=language)
    note = (_text("held_note", language) if held else "") + _text("automatic", language)
    html = render_html(
        "payment.html",
        language=language,
        title=title,
        amount=amount,
        facts=facts,
        note=note,
        state="warn" if held else "ok",
    )
    with_amount = (amount_fact(amount, language=language), *facts)
    return Mail(
        reason=request.reason,
        order_id=order.order_id,
        order_number=order.order_number,
        to=request.to,
        subject=_text("subject", language, title=title, amount=amount, shop=shop),
        text=render_text(title, with_amount, note),
        html=html,
        from_name=shop,
    )


def _text(key: str, language: str, **values: object) -> str:
    return _TEXTS[key].text(language, **values)
