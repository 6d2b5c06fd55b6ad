"""The payment link: whether an order has one now, and sending it to the payer by SMS or e-mail.

Source: bnpl.md §6.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from altyn.domain.effects import Effect
from altyn.domain.history import HistoryEvent
from altyn.domain.mail import MailDue
from altyn.domain.merchant import Merchant
from altyn.domain.moscow import to_moscow
from altyn.domain.notes import Notes
from altyn.domain.order import Order
from altyn.domain.payment_link import (
    HOUR,
    LINKS_PER_ORDER,
    PAYMENT_LINK,
    Channel,
    SentLink,
    links_left,
    next_link_at,
    sent_links,
    with_sent_link,
)
from altyn.domain.refusals import Refusal
from altyn.domain.sms import SmsDue
from altyn.operations.decisions import Accepted, Decision, Refused, Unchanged, accept
from altyn.operations.history import with_notes
from altyn.operations.perform import perform
from altyn.operations.ports import Actor, LinkWorld, OrderKey

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
    key belongs to another receiver), WRONG_STATUS as `refuse_link`, LINKS_USED_UP (twenty for an
    order), LINKS_EXHAUSTED (links.order_per_hour, by the gateway's clock). Source: bnpl.md §6.
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
    if refused := _refuse_often(order, merchant, now):
        return refused
    sent = SentLink(at=now, channel=command.channel, to=command.to, key=command.key)
    return accept(
        order,
        HistoryEvent.LINK_SENT,
        now,
        request=with_sent_link(order, sent),
        effects=(_effect(command),),
        detail={"by": command.channel.value, "to": command.to},
    )


async def send_link(
    command: SendLink,
    order: Order,
    *,
    merchant: Merchant,
    world: LinkWorld,
    actor: Actor,
    notes: Notes = (),
) -> Decision:
    """Send the link of an order in one message more. Unchanged: the key's message was sent.

    Refuses: as `decide_link`, then SHOP_LINKS_EXHAUSTED (links.shop_per_hour, by the gateway's
    clock). A process that dies between the count and the message leaves a message less for an hour.
    """
    now = world.clock.now()

    def decide(order: Order, now: datetime) -> Decision:
        return decide_link(order, command, merchant, now, world.channels)

    first = decide(order, now)
    if not isinstance(first, Accepted):
        return first
    most = merchant.settings.links.shop_per_hour
    merchant_id = order.merchant_id
    if not await world.links.reserve(merchant_id, now, since=now - HOUR, most=most):
        return await _refuse_shop(order, merchant, world, now)
    decision = await perform(
        lambda order, now: with_notes(decide(order, now), notes),
        OrderKey(merchant_id, order.order_id),
        world=world,
        actor=actor,
        loaded=order,
    )
    if not isinstance(decision, Accepted):
        await world.links.release(merchant_id, now)
    return decision


async def messages_left(order: Order, merchant: Merchant, world: LinkWorld) -> int:
    """How many messages with the link of an order may be sent now."""
    now, limits = world.clock.now(), merchant.settings.links
    sent = await world.links.sent(order.merchant_id, since=now - HOUR)
    of_shop = max(0, limits.shop_per_hour - len(sent))
    return min(of_shop, links_left(order, now, per_hour=limits.order_per_hour))


def _refuse_often(order: Order, merchant: Merchant, now: datetime) -> Refused | None:
    sent = [each.at for each in sent_links(order)]
    if len(sent) >= LINKS_PER_ORDER:
        rule = f"at most {LINKS_PER_ORDER} messages for an order: show the QR code"
        return Refused(Refusal.LINKS_USED_UP, rule, order)
    per_hour = merchant.settings.links.order_per_hour
    until = next_link_at(sent, now, per_hour=per_hour)
    if until is None:
        return None
    rule = _often("links.order_per_hour", per_hour, "for an order", until)
    return Refused(Refusal.LINKS_EXHAUSTED, rule, order, until=until)


async def _refuse_shop(
    order: Order, merchant: Merchant, world: LinkWorld, now: datetime
) -> Refused:
    per_hour = merchant.settings.links.shop_per_hour
    sent = await world.links.sent(order.merchant_id, since=now - HOUR)
    until = next_link_at(sent, now, per_hour=per_hour) or now
    rule = _often("links.shop_per_hour", per_hour, "for the shop", until)
    return Refused(Refusal.SHOP_LINKS_EXHAUSTED, rule, order, until=until)


def _often(setting: str, per_hour: int, whom: str, until: datetime) -> str:
    time = f"{to_moscow(until):%d.%m.%Y %H:%M}"
    return f"at most {per_hour} messages an hour {whom} ({setting}): repeat after {time}, Moscow"


def _effect(command: SendLink) -> Effect:
    parameters = {"link": command.link}
    if command.channel is Channel.SMS:
        return SmsDue(reason=PAYMENT_LINK, phone=command.to, parameters=parameters)
    return MailDue(reason=PAYMENT_LINK, to=command.to, parameters=parameters)
