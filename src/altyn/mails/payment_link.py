"""The mail and the SMS with the payment link of an order. Source: bnpl.md §6."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.domain.language import text_language
from altyn.domain.mail import Mail
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.sms import Sms
from altyn.look import Words, date_text
from altyn.mails.order_facts import Orders, amount_fact, money_text, order_facts
from altyn.mails.rendering import Fact, render_html, render_text
from altyn.operations.invoices import PAYER_NAME, SENDER
from altyn.operations.mails import MailRequest, NotNeeded
from altyn.operations.payment_link import refuse_link
from altyn.operations.ports import OrderKey
from altyn.operations.sms import SmsRequest

_TEXTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "title": Words("Оплатите заказ", "Pay for your order"),
        "subject": Words("Ссылка для оплаты: {amount}, {shop}", "Payment link: {amount}, {shop}"),
        "sms": Words(
            "{shop}: заказ {order}, {amount}. Оплатить: {link}",
            "{shop}: order {order}, {amount}. Pay: {link}",
        ),
        "button": Words("Перейти к оплате", "Go to the payment"),
        "until": Words("Оплатить до", "Pay before"),
        "link": Words("Ссылка", "Link"),
        "for": Words("Для кого", "For"),
        "automatic": Words(
            "Это письмо отправлено по просьбе магазина. Если вы ничего не заказывали, ссылку "
            "открывать не нужно. Вопросы о заказе задайте магазину.",
            "This message was sent at the request of the shop. If you have ordered nothing, do "
            "not open the link. Ask the shop about the order.",
        ),
    }
)


class PaymentLinkMail:
    """Implements the port `MailTemplate` for the reason `payment_link`."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def __call__(self, request: MailRequest) -> Mail | NotNeeded:
        """The mail, in the language of the order; none for an order that takes no payment."""
        order = await _order_to_pay(request, self._orders, message="mail")
        if isinstance(order, NotNeeded):
            return order
        return payment_link_mail(request, order, request.merchant)


class PaymentLinkSms:
    """Implements the port `SmsTemplate` for the reason `payment_link`."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def __call__(self, request: SmsRequest) -> Sms | NotNeeded:
        """The message, in the language of the order; none for an order that takes no payment."""
        order = await _order_to_pay(request, self._orders, message="message")
        if isinstance(order, NotNeeded):
            return order
        return payment_link_sms(request, order, request.merchant)


def payment_link_mail(request: MailRequest, order: Order, merchant: Merchant) -> Mail:
    """The mail; its parameter is `link`."""
    language = text_language(order.request.language, merchant.settings.default_language)
    amount = money_text(order.asked_minor, order, language)
    shop, link = merchant.name_in(language), _link(request)
    sender = _one_line(order.params.get(SENDER, "")) or shop
    payer = _one_line(order.params.get(PAYER_NAME, ""))
    title, note = _text("title", language), _text("automatic", language)
    until = Fact(_text("until", language), date_text(order.expires_at, language))
    addressee = (Fact(_text("for", language), payer),) if payer else ()
    facts = (*addressee, *order_facts(order, sender, until, language=language))
    html = render_html(
        "payment_link.html",
        language=language,
        title=title,
        amount=amount,
        facts=facts,
        note=note,
        link=link,
        button=_text("button", language),
    )
    lines = (amount_fact(amount, language=language), *facts, Fact(_text("link", language), link))
    return Mail(
        reason=request.reason,
        order_id=order.order_id,
        order_number=order.order_number,
        to=request.to,
        subject=_text("subject", language, amount=amount, shop=sender),
        text=render_text(title, lines, note),
        html=html,
        from_name=sender,
    )


def payment_link_sms(request: SmsRequest, order: Order, merchant: Merchant) -> Sms:
    """The message; its parameter is `link`."""
    language = text_language(order.request.language, merchant.settings.default_language)
    link = _link(request)
    text = _text(
        "sms",
        language,
        shop=merchant.name_in(language),
        order=order.order_number,
        amount=money_text(order.asked_minor, order, language),
        link=link,
    )
    return Sms(
        order_id=order.order_id,
        phone=request.phone,
        text=text,
        link=link,
        amount_minor=order.asked_minor,
        currency=order.currency,
    )


async def _order_to_pay(
    request: MailRequest | SmsRequest, orders: Orders, *, message: str
) -> Order | NotNeeded:
    """The order, as long as it takes a payment; `message` is what its link is sent by."""
    order = await orders.load(OrderKey(request.merchant.merchant_id, request.order_id))
    if order is None:
        return NotNeeded(f"the order of this {message} does not exist any more")
    refused = refuse_link(order, request.merchant, request.now)
    return NotNeeded(refused.rule) if refused else order


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _link(request: MailRequest | SmsRequest) -> str:
    return request.parameters["link"]


def _text(key: str, language: str, **values: object) -> str:
    return _TEXTS[key].text(language, **values)
