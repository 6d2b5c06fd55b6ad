"""The methods of payment links: the address, its QR code, and sending it to the payer.

The reference has no such methods, so they have a folder of their own. Source: bnpl.md §6.
"""

from typing import Final

from altyn.domain.mail_address import MailAddressError, parse_mail_address
from altyn.domain.operation import Operation
from altyn.domain.phone import phone_text, russian_phone
from altyn.domain.refusals import Refusal
from altyn.operations.results import LinkFound
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic.envelopes import PLAIN
from altyn.protocol.dialects.classic.return_links import payment_link, qr_link
from altyn.protocol.dialects.classic.shared_rows import (
    ALWAYS,
    BY_ID_OR_NUMBER,
    INVALID,
    LENIENT_LANGUAGE,
    MERCHANT_LOGIN,
    WHO,
)
from altyn.protocol.malformed import Malformed
from altyn.protocol.name_types import own_name
from altyn.protocol.presentation import AnswerContext, Members, presents
from altyn.protocol.table import Method, Parameter

FOLDER: Final = "/payment/links/"


def _phone(value: str, _: t.Context) -> str:
    phone = russian_phone(phone_text(value))
    if phone is None:
        raise Malformed("not a Russian phone number, such as +79998887766")
    return phone


def _email(value: str, _: t.Context) -> str:
    try:
        return str(parse_mail_address(value))
    except MailAddressError as error:
        raise Malformed(f"not an e-mail address: {error}") from None


def _link(found: LinkFound, context: AnswerContext) -> Members:
    order = found.order
    return {
        "orderId": str(order.order_id),
        "orderNumber": order.order_number,
        "formUrl": payment_link(context.base_url, context.merchant.login, order),
        "qrSvg": qr_link(context.base_url, order.order_id, "svg"),
        "qrPng": qr_link(context.base_url, order.order_id, "png"),
        "expirationDate": int(order.expires_at.timestamp() * 1000),
        "messagesLeft": found.messages_left,
    }


GET_PAYMENT_LINK: Final = Method(
    name="getPaymentLink",
    operation=Operation.PAYMENT_LINK,
    rest=(f"{FOLDER}get.do",),
    source="bnpl.md §6",
    summary="The payment link of an order that can be paid, and addresses of its QR code.",
    parameters=(*BY_ID_OR_NUMBER, MERCHANT_LOGIN, LENIENT_LANGUAGE),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNKNOWN,
        Refusal.WRONG_STATUS: e.LINK_OVER,
        **ALWAYS,
    },
    present=presents(LinkFound, _link),
    envelope=PLAIN,
)

SEND_PAYMENT_LINK: Final = Method(
    name="sendPaymentLink",
    operation=Operation.SEND_PAYMENT_LINK,
    rest=(f"{FOLDER}send.do",),
    source="bnpl.md §6",
    summary="Send the payment link of an order to the payer, by SMS or by e-mail.",
    parameters=(
        *BY_ID_OR_NUMBER,
        Parameter("sms", t.Type("NS..20", _phone), "sms",
                  "The payer's phone number, which gets an SMS; either this or email.",
                  Refusal.PARAMETER_EMPTY, unless="email"),
        Parameter("email", t.Type("ANS..254", _email), "email",
                  "The payer's e-mail address, which gets a mail."),
        Parameter("key", own_name(64), "key",
                  "The message's own name: repeating it sends one message."),
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.PARAMETER_EMPTY: e.PARAMETER_EMPTY,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNKNOWN,
        Refusal.CHANNEL_UNAVAILABLE: e.CHANNEL_UNAVAILABLE,
        Refusal.LINK_KEY_REUSED: e.PARAMETER_INVALID,
        Refusal.WRONG_STATUS: e.LINK_OVER,
        Refusal.LINKS_USED_UP: e.LINKS_USED_UP,
        Refusal.LINKS_EXHAUSTED: e.LINKS_EXHAUSTED,
        Refusal.SHOP_LINKS_EXHAUSTED: e.SHOP_LINKS_EXHAUSTED,
        **ALWAYS,
    },
    present=p.DONE,
    envelope=PLAIN,
)  # fmt: skip
