"""`altyn order link`: the payment link of an order, as text, as QR code, by SMS or by e-mail."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.lookup import find_order_key, load_merchant, unknown_order
from altyn.cli.orders.commands import MerchantOption
from altyn.cli.output import CommandError, JsonFlag, console, print_json, print_line

if TYPE_CHECKING:
    from altyn.domain.merchant import Merchant
    from altyn.domain.order import Order
    from altyn.domain.payment_link import Channel
    from altyn.operations.bindings.ports import BindingPorts
    from altyn.operations.payment_link import SendLink
    from altyn.operations.ports import Clock, EffectEntries, ShopLinks
    from altyn.settings import Settings
    from altyn.storage.database import Pool
    from altyn.storage.orders import OrderStore

SIDE: Final = 400
ACTOR: Final = "altyn order link"


def link(
    order: Annotated[str, typer.Argument(help="orderId, or the shop's orderNumber.")],
    merchant: MerchantOption = None,
    qr: Annotated[bool, typer.Option("--qr", help="Draw the QR code in the terminal.")] = False,  # noqa: FBT002
    png: Annotated[Path | None, typer.Option(help="Write the QR code as PNG.")] = None,
    svg: Annotated[Path | None, typer.Option(help="Write the QR code as SVG.")] = None,
    side: Annotated[int, typer.Option(help="Side of the files, pixels.", min=100, max=2000)] = SIDE,
    sms: Annotated[str | None, typer.Option(help="Send the link to this phone.")] = None,
    email: Annotated[str | None, typer.Option(help="Send the link to this address.")] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Print the payment link of an order; draw its QR code, or send it to the payer.

    The order can be paid by the link until its session ends.
    """
    from altyn.cli.database import with_pool

    settings = read_settings()
    messages = read_messages(settings, sms=sms, email=email)

    async def work(pool: "Pool") -> None:
        found = await _find(pool, settings, order, merchant)
        for channel, to in messages:
            await _send(pool, settings, found, channel, to)
        for path, kind in ((png, "png"), (svg, "svg")):
            if path is not None:
                _write(path, kind, found.address, side)
        if as_json:
            print_json(_members(found, messages))
        else:
            _print(found, messages, [each for each in (png, svg) if each], qr=qr)

    with_pool(settings, work)


@dataclass(frozen=True, slots=True)
class FoundLink:
    """An order that can be paid, its shop, and the address of its payment page."""

    order: "Order"
    shop: "Merchant"
    address: str


def read_messages(
    settings: "Settings", *, sms: str | None, email: str | None
) -> list[tuple["Channel", str]]:
    """The messages to send. Refuses with CommandError: a wrong number or address, a gateway that
    cannot send them."""
    from altyn.domain.mail_address import MailAddressError, parse_mail_address
    from altyn.domain.payment_link import Channel
    from altyn.domain.phone import russian_phone
    from altyn.main.sms import channels_of
    from altyn.operations.payment_link import NO_CHANNEL

    messages = []
    if sms is not None:
        phone = russian_phone(sms)
        if phone is None:
            raise CommandError(f"--sms takes a Russian phone number, +79998887766, not {sms!r}.")
        messages.append((Channel.SMS, phone))
    if email is not None:
        try:
            messages.append((Channel.EMAIL, str(parse_mail_address(email))))
        except MailAddressError as error:
            raise CommandError(f"--email {email!r} is no e-mail address: {error}.") from None
    for channel, _ in messages:
        if channel not in channels_of(settings):
            raise CommandError(f"--{channel.value}: {NO_CHANNEL[channel]}.")
    return messages


async def _find(pool: "Pool", settings: "Settings", text: str, merchant: str | None) -> FoundLink:
    """The order and its link. Refuses with CommandError: no such order, a link that is over."""
    from altyn.cli.database import gateway_clock
    from altyn.operations.payment_link import refuse_link
    from altyn.protocol.dialects.classic.return_links import payment_link
    from altyn.storage.orders import OrderStore

    key = await find_order_key(pool, text, merchant)
    order = await OrderStore(pool).load(key)
    if order is None:
        raise await unknown_order(pool, text)
    shop = await load_merchant(pool, key.merchant_id)
    now = (await gateway_clock(pool, settings)).now()
    if refused := refuse_link(order, shop, now):
        raise CommandError(f"Order {order.order_number}: {refused.rule}.")
    base_url = settings.public_url or gateway_address(settings)
    return FoundLink(order, shop, payment_link(base_url, shop.login, order))


@dataclass(frozen=True, slots=True, kw_only=True)
class _StaffWorld:
    """Implements the port `ChangeWorld` for one command."""

    orders: "OrderStore"
    merchants: "_Merchants"
    bindings: "BindingPorts"
    effects: "EffectEntries"
    links: "ShopLinks"
    channels: "frozenset[Channel]"
    clock: "Clock"
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True, slots=True)
class _Merchants:
    pool: "Pool"

    async def get(self, merchant_id: int) -> "Merchant":
        """The merchant with this number."""
        return await load_merchant(self.pool, merchant_id)


async def _send(
    pool: "Pool", settings: "Settings", found: FoundLink, channel: "Channel", to: str
) -> None:
    """Send the link once. Refuses with CommandError: what the operation refuses."""
    from altyn.operations.payment_link import SendLink

    await _perform(pool, settings, found, SendLink(channel=channel, to=to, link=found.address))


async def _perform(
    pool: "Pool", settings: "Settings", found: FoundLink, command: "SendLink"
) -> None:
    from altyn.cli.database import gateway_clock
    from altyn.main.effects import BUILT_IN, EffectKinds, mail_kind
    from altyn.main.sms import channels_of
    from altyn.operations.bindings.ports import BindingPorts
    from altyn.operations.decisions import Refused
    from altyn.operations.payment_link import send_link
    from altyn.operations.ports import Actor
    from altyn.protocol.dialects.classic.callbacks.parameters import binding_callbacks
    from altyn.storage.bindings import BindingStore
    from altyn.storage.orders import OrderStore
    from altyn.storage.outbox_notifier import OutboxNotifier
    from altyn.storage.shop_links import ShopLinkStore

    notifier = OutboxNotifier(pool)
    world = _StaffWorld(
        orders=OrderStore(pool, notifier.notify),
        merchants=_Merchants(pool),
        bindings=BindingPorts(store=BindingStore(pool, notifier.notify), entries=binding_callbacks),
        effects=EffectKinds.of((*BUILT_IN, mail_kind())),
        links=ShopLinkStore(pool),
        channels=channels_of(settings),
        clock=await gateway_clock(pool, settings),
    )
    decision = await send_link(
        command, found.order, merchant=found.shop, world=world, actor=Actor(name=ACTOR)
    )
    await notifier.aclose()
    if isinstance(decision, Refused):
        raise CommandError(f"The link was not sent to {command.to}: {decision.rule}.")


def _write(path: Path, kind: str, address: str, side: int) -> None:
    """Write the QR code. Refuses with CommandError: the file cannot be written."""
    from altyn.look.qr import qr_png, qr_svg

    draw = {"png": qr_png, "svg": qr_svg}[kind]
    try:
        path.write_bytes(draw(address, side=side))
    except OSError as error:
        raise CommandError(f"{path} cannot be written ({error.strerror}).") from None


def _members(found: FoundLink, messages: list[tuple["Channel", str]]) -> dict[str, object]:
    return {
        "orderId": str(found.order.order_id),
        "orderNumber": found.order.order_number,
        "formUrl": found.address,
        "expirationDate": int(found.order.expires_at.timestamp() * 1000),
        "sent": [{channel.value: to} for channel, to in messages],
    }


def _print(
    found: FoundLink, messages: list[tuple["Channel", str]], files: list[Path], *, qr: bool
) -> None:
    from altyn.cli.dates import in_words
    from altyn.look.qr import qr_lines

    print_line(found.address)
    if qr:
        for line in qr_lines(found.address):
            console().print(line, style="black on bright_white", soft_wrap=True)
    for path in files:
        print_line(f"QR code written to {path}.")
    for channel, to in messages:
        print_line(f"The link goes to {to} by {_BY[channel]}.")
    print_line(f"It can be paid until {in_words(found.order.expires_at)}.", "dim")


_BY: Final = {"sms": "SMS", "email": "e-mail"}
