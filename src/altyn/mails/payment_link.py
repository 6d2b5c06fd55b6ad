"""The mail and the SMS with the payment link of an order. Source: bnpl.md §6."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.domain.language import text_language
from altyn.domain.mail import Mail
from altyn.domain.merchant import Merchant
from altyn.domain.money import CURRENCIES, Money
from altyn.domain.order import Order
from altyn.domain.sms import Sms
from altyn.look import Words, amount_text, date_text
from altyn.mails.payment import Orders
from altyn.mails.rendering import Fact, render_html, render_text
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
        "shop": Words("Магазин", "Shop"),
        "order": Words("Заказ", "Order"),
        "description": Words("Описание", "Description"),
        "amount": Words("Сумма", "Amount"),
        "link": Words("Ссылка", "Link"),
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
        merchant = request.merchant
        order = await self._orders.load(OrderKey(merchant.merchant_id, request.order_id))
        if order is None:
            return NotNeeded("the order of this mail does not exist any more")
        refused = refuse_link(order, merchant, request.now)
        return NotNeeded(refused.rule) if refused else payment_link_mail(request, order, merchant)


class PaymentLinkSms:
    """Implements the port `SmsTemplate` for the reason `payment_link`."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def __call__(self, request: SmsRequest) -> Sms | NotNeeded:
        """The message, in the language of the order; none for an order that takes no payment."""
        merchant = request.merchant
        order = await self._orders.load(OrderKey(merchant.merchant_id, request.order_id))
        if order is None:
            return NotNeeded("the order of this message does not exist any more")
        refused = refuse_link(order, merchant, request.now)
        return NotNeeded(refused.rule) if refused else payment_link_sms(request, order, merchant)


def payment_link_mail(request: MailRequest, order: Order, merchant: Merchant) -> Mail:
    """The mail; its parameter is `link`."""
    language = text_language(order.request.language, merchant.settings.default_language)
    amount, shop, link = _amount(order, language), merchant.name_in(language), _link(request)
    title, note = _text("title", language), _text("automatic", language)
    facts = _facts(order, shop, language)
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
    lines = (Fact(_text("amount", language), amount), *facts, Fact(_text("link", language), link))
    return Mail(
        reason=request.reason,
        order_id=order.order_id,
        order_number=order.order_number,
        to=request.to,
        subject=_text("subject", language, amount=amount, shop=shop),
        text=render_text(title, lines, note),
        html=html,
        from_name=shop,
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
        amount=_amount(order, language),
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


def _facts(order: Order, shop: str, language: str) -> tuple[Fact, ...]:
    facts = (
        Fact(_text("shop", language), shop),
        Fact(_text("order", language), order.order_number),
        Fact(_text("description", language), order.request.description or ""),
        Fact(_text("until", language), date_text(order.expires_at, language)),
    )
    return tuple(fact for fact in facts if fact.value)


def _amount(order: Order, language: str) -> str:
    return amount_text(Money(order.asked_minor, CURRENCIES[order.currency]), language)


def _link(request: MailRequest | SmsRequest) -> str:
    return request.parameters["link"]


def _text(key: str, language: str, **values: object) -> str:
    return _TEXTS[key].text(language, **values)
