"""The pages of invoices: the form with the list of invoices, and the page of one invoice.

The shop that is chosen on the page is the seller of a new invoice; of all shops, the user's own.

Source: personal-account.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import uuid4

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import Action
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.money import CURRENCIES, RUB, Money
from altyn.domain.order import Order
from altyn.domain.payment_link import sent_links
from altyn.inbound.account_call import AccountCall, CallRefused, carry_out
from altyn.inbound.payment_page.page_order import read_order_key
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.invoices.cart import ROWS_MAX, choices_of, new_row
from altyn.inbound.personal_account.invoices.form import (
    FIELD_OF,
    InvoiceForm,
    new_form,
    read_invoice,
)
from altyn.inbound.personal_account.invoices.listing import InvoiceList
from altyn.inbound.personal_account.invoices.texts import RENDER, invoice_text
from altyn.inbound.personal_account.pages import INVOICES_PATH, ORDERS_PATH, account_frame
from altyn.inbound.personal_account.shops import SHOP, ShopChoice, VisibleShops
from altyn.inbound.rest.answers import base_url_of
from altyn.inbound.shop_links.registering import TO_NO_SHOP
from altyn.inbound.web.frame import WebFrame
from altyn.inbound.web.order_story.words import STATUS_WORDS, WARN
from altyn.inbound.web.responses import page, see_other
from altyn.operations.invoices import Invoice, Invoices
from altyn.operations.payment_link import refuse_link
from altyn.operations.ports import OrderKey, World
from altyn.operations.results import Registered
from altyn.protocol.dialects.classic.link_methods import SEND_PAYMENT_LINK
from altyn.protocol.dialects.classic.return_links import payment_link, qr_link

BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
KEY_CHARS: Final = 32
OVER: Final[Mapping[OrderStatus, tuple[str, str]]] = {
    OrderStatus.WAITING: ("warn", "over_paying"),
    OrderStatus.APPROVED: ("ok", "over_paid"),
    OrderStatus.DEPOSITED: ("ok", "over_paid"),
    OrderStatus.REVERSED: ("warn", "over_returned"),
    OrderStatus.REFUNDED: ("warn", "over_returned"),
}
"""Why the link of an invoice takes no payment, by the order's status: the tone and the text. Of any
other status a new invoice is advised."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where one message goes: `channel` is the parameter sms or email."""

    channel: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page of an invoice shows besides it: messages that were not sent, and why."""

    unsent: Sequence[tuple[str, str]] = ()
    status: int = 200
    done: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong with a sent form: a text for the page, and one for each field."""

    page: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


NOTHING_WRONG: Final = Wrong()


@dataclass(frozen=True, slots=True)
class _Found:
    """The order of an invoice, and the shop that it is of."""

    order: Order
    shop: Merchant

    @property
    def key(self) -> OrderKey:
        """The order's key."""
        return OrderKey(self.order.merchant_id, self.order.order_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicesPage:
    """The pages below `/mportal3/invoices`."""

    access: AccountAccess
    world: World
    invoices: Invoices
    shops: VisibleShops

    def routes(self) -> list[BaseRoute]:
        """The addresses of the pages."""
        one = f"{INVOICES_PATH}/{{order_id}}"
        served = (
            ("GET", INVOICES_PATH, self.show),
            ("POST", INVOICES_PATH, self.post),
            ("GET", one, self.show_one),
            ("POST", f"{one}/send", self.send_again),
        )
        return [
            self.access.page(method, path, work, needs=Action.INVOICES)
            for method, path, work in served
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """The empty form, and a page of the invoices; `number`, `payer` and `state` filter them."""
        choice = await self._choice(asked)
        return await self._form(asked, choice, new_form(choice.first, self.world.clock.now()))

    async def post(self, asked: AccountRequest) -> Response:
        """Change the cart in the form, or register and send the invoice."""
        form = read_invoice(asked.pairs, self.world.clock.now())
        step = asked.form.get("step", "")
        choice = await self._choice(asked)
        if step == "add":
            rows = (*form.rows, new_row(choice.first.settings.fiscal))[:ROWS_MAX]
            return await self._form(asked, choice, replace(form, rows=rows))
        if step.startswith("remove-"):
            kept = [row for at, row in enumerate(form.rows) if step != f"remove-{at}"]
            return await self._form(asked, choice, replace(form, rows=tuple(kept)))
        if step == "sum":
            return await self._form(asked, choice, form)
        return await self._register(asked, choice, form)

    async def show_one(self, asked: AccountRequest) -> Response:
        """One invoice: its link, its code, its state, the messages with it."""
        found = await self._found(asked)
        shown = Shown(done=asked.request.query_params.get("done", ""))
        return self._one(asked, found, shown) if found else self._missing(asked)

    async def send_again(self, asked: AccountRequest) -> Response:
        """Send the link of an invoice in one message more."""
        found = await self._found(asked)
        if found is None:
            return self._missing(asked)
        phone, email = asked.form.get("phone", ""), asked.form.get("email", "")
        receiver = Receiver("sms", phone) if phone else Receiver("email", email)
        refused = await self._send(asked, found, receiver, asked.form.get("key", "")[:KEY_CHARS])
        if refused is None:
            return see_other(f"{INVOICES_PATH}/{found.order.order_id}?done=sent")
        found = await self._found(asked) or found
        return self._one(asked, found, Shown(unsent=[refused], status=BAD_REQUEST))

    async def _register(
        self, asked: AccountRequest, choice: ShopChoice, form: InvoiceForm
    ) -> Response:
        merchant, now = choice.first, self.world.clock.now()
        language = self._frame(asked).language
        if problems := form.problems(now):
            texts = {name: invoice_text(key, language=language) for name, key in problems.items()}
            return await self._form(asked, choice, form, Wrong(fields=texts))
        method = AccountCall(
            method=TO_NO_SHOP,
            fields=form.fields(merchant),
            current=asked.current,
            merchant=_with_its_end(merchant),
            language=language,
            base_url=self._base_url(asked),
            values={"return_url": ""},
        )
        done = await carry_out(method, self.world)
        if isinstance(done, CallRefused):
            return await self._form(asked, choice, form, _wrong(done))
        assert isinstance(done, Registered), "register.do registers or refuses"
        order = done.order
        invoice = Invoice(
            key=OrderKey(order.merchant_id, order.order_id),
            created_at=order.created_at,
            created_by=asked.current.user.login,
            payer_name=form.payer_name,
        )
        await self.invoices.add(invoice)
        order_id = str(order.order_id)
        await self.access.record(asked, AuditAction.INVOICE_MADE, order.order_number, order_id)
        return await self._send_first(asked, _Found(order, merchant), form)

    async def _send_first(
        self, asked: AccountRequest, found: _Found, form: InvoiceForm
    ) -> Response:
        """Send a new invoice to all its receivers."""
        receivers = [Receiver("email", each) for each in form.addresses]
        if form.phone:
            receivers.append(Receiver("sms", form.phone))
        unsent = [
            refused
            for number, each in enumerate(receivers)
            if (refused := await self._send(asked, found, each, f"invoice-{number}"))
        ]
        if not unsent:
            return see_other(f"{INVOICES_PATH}/{found.order.order_id}?done=registered")
        order = await self.world.orders.load(found.key) or found.order
        shown = Shown(unsent=unsent, done="registered")
        return self._one(asked, replace(found, order=order), shown)

    async def _send(
        self, asked: AccountRequest, found: _Found, receiver: Receiver, key: str
    ) -> tuple[str, str] | None:
        """Send one message. None when it is sent, else the receiver and the API's refusal."""
        method = AccountCall(
            method=SEND_PAYMENT_LINK,
            fields={
                "orderId": str(found.order.order_id),
                receiver.channel: receiver.to,
                "key": key,
            },
            current=asked.current,
            merchant=found.shop,
            language=self._frame(asked).language,
            base_url=self._base_url(asked),
        )
        done = await carry_out(method, self.world)
        if isinstance(done, CallRefused):
            return receiver.to, done.text
        order = found.order
        detail = f"{receiver.channel}, {order.order_id}"
        await self.access.record(asked, AuditAction.INVOICE_SENT, order.order_number, detail)
        return None

    async def _found(self, asked: AccountRequest) -> _Found | None:
        """The invoice that the address names, if it is one of a shop that the user may see."""
        key = read_order_key(asked.request.path_params["order_id"])
        shop = None if key is None else await self.shops.owner(asked, key.merchant_id)
        if key is None or shop is None or not await self.invoices.has(key):
            return None
        order = await self.world.orders.load(key)
        return None if order is None else _Found(order, shop)

    async def _choice(self, asked: AccountRequest) -> ShopChoice:
        """The shops whose invoices are listed; the first of them is the seller of a new one."""
        if asked.request.method == "POST":
            return await self.shops.choice(asked, asked.form.get(SHOP, ""))
        return await self.shops.asked(asked)

    async def _form(
        self,
        asked: AccountRequest,
        choice: ShopChoice,
        form: InvoiceForm,
        wrong: Wrong = NOTHING_WRONG,
    ) -> Response:
        now, merchant, frame = self.world.clock.now(), choice.first, self._frame(asked)
        html = RENDER(
            "invoices.html",
            frame,
            path=INVOICES_PATH,
            form=form,
            total=Money(form.amount_minor or 0, RUB),
            choices=choices_of(merchant.settings.fiscal, frame.language),
            shop=merchant.name_in(frame.language),
            takes_roubles=RUB.code in merchant.settings.currencies,
            wrong=wrong,
            choice=choice,
            **await InvoiceList(self.invoices).values(asked, choice, frame.language, now),
        )
        return page(html, BAD_REQUEST if wrong is not NOTHING_WRONG else 200)

    def _one(self, asked: AccountRequest, found: _Found, shown: Shown) -> Response:
        order, merchant, now = found.order, found.shop, self.world.clock.now()
        frame = self._frame(asked)
        base_url = self._base_url(asked)
        words, tone = STATUS_WORDS[order.status]
        refused = refuse_link(order, merchant, now)
        expired = order.payable and now >= order.expires_at
        html = RENDER(
            "invoice.html",
            frame,
            path=INVOICES_PATH,
            order=order,
            shop=self._shop_name(asked, found.shop, frame.language),
            amount=Money(order.asked_minor, CURRENCIES[order.currency]),
            state=invoice_text("expired", language=frame.language)
            if expired
            else words.text(frame.language),
            tone=WARN if expired else tone,
            is_open=refused is None,
            over=OVER.get(order.status),
            order_page=f"{ORDERS_PATH}/{order.order_id}"
            if asked.current.user.may(Action.ORDERS)
            else "",
            link=payment_link(base_url, merchant.login, order),
            qr={kind: qr_link("", order.order_id, kind) for kind in ("svg", "png")},
            sent=sent_links(order),
            shown=shown,
            key=uuid4().hex,
        )
        return page(html, shown.status)

    def _shop_name(self, asked: AccountRequest, shop: Merchant, language: str) -> str:
        """The name of another shop than the user's own; empty for that one."""
        own = asked.current.merchant.merchant_id
        return "" if shop.merchant_id == own else shop.name_in(language)

    def _missing(self, asked: AccountRequest) -> Response:
        return page(RENDER("no_invoice.html", self._frame(asked), path=INVOICES_PATH), NOT_FOUND)

    def _frame(self, asked: AccountRequest) -> WebFrame:
        return account_frame(asked.request, asked.current, "invoices", sandbox=self.access.sandbox)

    def _base_url(self, asked: AccountRequest) -> str:
        return self.access.public_url or base_url_of(asked.request.scope)


def _with_its_end(merchant: Merchant) -> Merchant:
    """The merchant with the permission to say when an order ends: an invoice always does."""
    permissions = merchant.settings.permissions | {Permission.CUSTOM_SESSION}
    return replace(merchant, settings=replace(merchant.settings, permissions=permissions))


def _wrong(refused: CallRefused) -> Wrong:
    """The API's refusal at the field it is about, else above the form."""
    name = FIELD_OF.get(refused.parameter, "")
    return Wrong(fields={name: refused.text}) if name else Wrong(page=refused.text)
