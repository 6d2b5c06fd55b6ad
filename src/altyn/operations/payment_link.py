"""The payment link: whether an order has one now, and sending it to the payer by SMS or e-mail.

Source: bnpl.md §6.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from altyn.domain.effects import Effect
from altyn.domain.mail import MailDue
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.payment_link import (
    LINKS_PER_HOUR,
    LINKS_PER_ORDER,
    PAYMENT_LINK,
    Channel,
    SentLink,
    links_left,
    sent_links,
    with_sent_link,
)
from altyn.domain.refusals import Refusal
from altyn.domain.sms import SmsDue
from altyn.operations.decisions import Decision, Refused, Unchanged, accept

NO_CHANNEL: Final = {
    Channel.SMS: "this gateway sends no SMS, as no SMS service is connected to it: send an e-mail, "
    "or show the QR code",
    Channel.EMAIL: "this gateway sends no mail: set ALTYN_SMTP_URL and ALTYN_MAIL_FROM, and start "
    "it again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLink:
    """One message: how it goes, to whom, and the address of the payment page in it.

    `to` is a phone number in its normal form, or an e-mail address. `key` is the shop's own name of
    the request: the same key sends one message.
    """

    channel: Channel
    to: str
    link: str
    key: str = ""


def refuse_link(order: Order, merchant: Merchant, now: datetime) -> Refused | None:
    """Why the link of an order takes no payment now; None while it takes one.

    Refuses: WRONG_STATUS (paid, cancelled or expired; no attempts are left; the shop is blocked).
    """
    if not order.payable:
        rule = f"the order is {order.status}: its link takes no payment"
    elif now >= order.expires_at:
        rule = "the time to pay is over: register the order again"
    elif not order.attempts_left:
        rule = "no payment attempts are left: register the order again"
    elif merchant.blocked:
        rule = "the shop is blocked"
    else:
        return None
    return Refused(Refusal.WRONG_STATUS, rule, order)


def decide_link(
    order: Order,
    command: SendLink,
    merchant: Merchant,
    now: datetime,
    channels: frozenset[Channel],
) -> Decision:
    """Send the link in one message more. Unchanged: a request with this key was carried out.

    `channels` are those that this gateway has. Refuses: CHANNEL_UNAVAILABLE, LINK_KEY_REUSED (the
    key belongs to another receiver), WRONG_STATUS as `refuse_link`, LINKS_EXHAUSTED (five an hour
    by the gateway's clock, twenty for an order). Source: bnpl.md §6.
    """
    if command.channel not in channels:
        rule = NO_CHANNEL[command.channel]
        return Refused(Refusal.CHANNEL_UNAVAILABLE, rule, order, command.channel.value)
    earlier = {each.key: each for each in sent_links(order) if each.key}
    used = earlier.get(command.key)
    if used is not None:
        if (used.channel, used.to) == (command.channel, command.to):
            return Unchanged(order)
        rule = f"the key {command.key} belongs to a message to another receiver"
        return Refused(Refusal.LINK_KEY_REUSED, rule, order, parameter="key")
    if refused := refuse_link(order, merchant, now):
        return refused
    if not links_left(order, now):
        rule = f"at most {LINKS_PER_HOUR} messages an hour and {LINKS_PER_ORDER} for an order"
        return Refused(Refusal.LINKS_EXHAUSTED, rule, order)
    sent = SentLink(at=now, channel=command.channel, to=command.to, key=command.key)
    return accept(
        order,
        "link_sent",
        now,
        request=with_sent_link(order, sent),
        effects=(_effect(command),),
        detail={"by": command.channel.value, "to": command.to},
    )


def _effect(command: SendLink) -> Effect:
    parameters = {"link": command.link}
    if command.channel is Channel.SMS:
        return SmsDue(reason=PAYMENT_LINK, phone=command.to, parameters=parameters)
    return MailDue(reason=PAYMENT_LINK, to=command.to, parameters=parameters)
