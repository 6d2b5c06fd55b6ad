"""The pages of an action on an order: what to do, what will change, and doing it.

The first page asks for an amount where the action needs one. The second says what will change, as
the operation decides it, and has the form that does it. Source: personal-account.md §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.merchant import Caller, Merchant
from altyn.domain.money import CURRENCIES, Money
from altyn.domain.order import Order
from altyn.inbound.personal_account.access import AccountRequest
from altyn.inbound.personal_account.orders.actions import ORDER_ACTIONS, Input, OrderAction
from altyn.inbound.personal_account.orders.chosen import (
    AMOUNT,
    QUANTITY,
    Chosen,
    read_amount,
    read_quantities,
)
from altyn.inbound.personal_account.orders.pages import VisibleOrders, orders_frame, render
from altyn.inbound.personal_account.orders.performing import (
    Command,
    NotKnownYetError,
    OrderChangedError,
    Performer,
)
from altyn.inbound.personal_account.orders.same_form import CONFIRMED, has_made
from altyn.inbound.personal_account.orders.texts import orders_text
from altyn.inbound.personal_account.pages import ORDERS_PATH
from altyn.inbound.web.order_story.view import money_text
from altyn.inbound.web.responses import page, see_other
from altyn.operations.order_history import OrderEvents
from altyn.operations.ports import OrderKey

VERSION: Final = "version"
ACCEPTED: Final = 202
CONFLICT: Final = 409
BAD_REQUEST: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """The order that a request is about, and the action on it."""

    asked: AccountRequest
    action: OrderAction
    order: Order
    owner: Merchant
    language: str

    @property
    def path(self) -> str:
        """The address of the order."""
        return f"{ORDERS_PATH}/{self.order.order_id}"

    def command(self, chosen: Chosen) -> Command:
        """The action as a call of the API by this user."""
        action, current = self.action, self.asked.current
        parameters = {action.order_name: str(self.order.order_id)}
        if action.input is Input.AMOUNT:
            parameters[AMOUNT] = str(chosen.amount_minor)
        if chosen.items:
            parameters[action.items] = chosen.items
        return Command(
            method=action.method,
            parameters=parameters,
            order=self.order,
            caller=Caller(merchant=current.merchant, login=current.user.login, ip=current.address),
            owner=self.owner,
            language=self.language,
        )


@dataclass(frozen=True, slots=True)
class ActionPages:
    """The pages of every action."""

    visible: VisibleOrders
    performer: Performer
    history: OrderEvents

    def routes(self) -> list[BaseRoute]:
        """The addresses of the pages; each needs the right of its action."""
        open_page = self.visible.access.page
        routes: list[BaseRoute] = []
        for action in ORDER_ACTIONS:
            path = f"{ORDERS_PATH}/{{order}}/{action.name}"
            routes.append(
                open_page("GET", path, partial(self.show, action=action), needs=action.right)
            )
            routes.append(
                open_page("POST", path, partial(self.perform, action=action), needs=action.right)
            )
        return routes

    async def show(self, asked: AccountRequest, action: OrderAction) -> Response:
        """The form of the action; with a choice in the address, what will change."""
        subject = await self._subject(asked, action)
        if subject is None:
            return self.visible.not_found(asked)
        sent = asked.request.query_params
        if action.input is Input.AMOUNT and not _is_chosen(sent):
            return self._page(subject)
        chosen = _read(subject, sent)
        if chosen.faults:
            return self._page(subject, chosen, status=BAD_REQUEST)
        return await self._confirmation(subject, chosen)

    async def perform(self, asked: AccountRequest, action: OrderAction) -> Response:
        """Do what the user has confirmed, once; a refusal is shown with the API's text.

        The order's history says what came of an entry of the audit log.
        """
        subject = await self._subject(asked, action)
        if subject is None:
            return self.visible.not_found(asked)
        if asked.form.get(VERSION) != str(subject.order.version):
            return await self._changed(subject)
        chosen = _read(subject, asked.form)
        if chosen.faults:
            return self._page(subject, chosen, status=BAD_REQUEST)
        await self._record(subject, chosen)
        try:
            refusal = await self.performer.perform(subject.command(chosen))
        except OrderChangedError:
            return await self._changed(subject)
        except NotKnownYetError:
            return self._not_known(subject)
        if refusal is not None:
            return self._page(subject, chosen, refusal=refusal, status=BAD_REQUEST)
        return see_other(f"{subject.path}?done={action.name}")

    async def _record(self, subject: _Subject, chosen: Chosen) -> None:
        """Add an entry of the audit log before the action, so that none is without an entry."""
        order, action = subject.order, subject.action
        amount_minor = chosen.amount_minor or action.whole_minor(order)
        amount = Money(amount_minor, CURRENCIES[order.currency]).wire()
        detail = f"{amount}, {order.order_id}"
        access = self.visible.access
        await access.record(subject.asked, action.audit, order.order_number, detail)

    async def _confirmation(self, subject: _Subject, chosen: Chosen) -> Response:
        """What will change, as the operation decides it; or why it is refused."""
        action, amount = subject.action, chosen.amount_minor
        if action.foreseen:
            try:
                foreseen = await self.performer.foresee(subject.command(chosen))
            except OrderChangedError:
                return await self._changed(subject)
            if isinstance(foreseen, str):
                return self._page(subject, chosen, refusal=foreseen, status=BAD_REQUEST)
            if foreseen is not None and foreseen.attempts:
                amount = foreseen.attempts[-1].amount_minor
        elif not action.possible(subject.order, subject.owner, self._now()):
            text = orders_text("not_possible", language=subject.language)
            return self._page(subject, chosen, refusal=text, status=BAD_REQUEST)
        whole = action.whole_minor(subject.order)
        effect = _effect(subject, amount or whole, whole)
        return self._page(subject, chosen, effect=effect, confirmed=amount or whole)

    def _not_known(self, subject: _Subject) -> Response:
        """The answer where the result is not known yet: what the gateway does, and what not to."""
        frame = orders_frame(subject.asked, self.visible.access)
        values = {"action": subject.action, "order": subject.order, "order_path": subject.path}
        return page(render("not_known.html", frame, **values), ACCEPTED)

    async def _changed(self, subject: _Subject) -> Response:
        """The answer where the order is no longer as the user has seen it.

        The user's own form, sent twice, leads to the order.
        """
        sent, login = subject.asked.form, subject.asked.current.user.login
        key = OrderKey(subject.order.merchant_id, subject.order.order_id)
        now = await self.performer.world.orders.load(key) or subject.order
        own = (
            each
            for each in await self.history.events(key)
            if f"{each.version - 1}" == sent.get(VERSION) and each.actor == login
        )
        if any(has_made(each, subject.action, sent.get(CONFIRMED, ""), now) for each in own):
            return see_other(f"{subject.path}?done=repeated")
        return self._page(subject, is_changed=True, status=CONFLICT)

    async def _subject(self, asked: AccountRequest, action: OrderAction) -> _Subject | None:
        key = await self.visible.key(asked)
        order = None if key is None else await self.performer.world.orders.load(key)
        if order is None:
            return None
        return _Subject(
            asked=asked,
            action=action,
            order=order,
            owner=await self.visible.merchants.get(order.merchant_id),
            language=orders_frame(asked, self.visible.access).language,
        )

    def _page(
        self,
        subject: _Subject,
        chosen: Chosen | None = None,
        *,
        refusal: str = "",
        effect: Mapping[str, str] | None = None,
        confirmed: int = 0,
        is_changed: bool = False,
        status: int = 200,
    ) -> Response:
        """The page of the action: `effect` makes it a confirmation."""
        action, order = subject.action, subject.order
        is_possible = action.possible(order, subject.owner, self._now())
        html = render(
            "action.html",
            orders_frame(subject.asked, self.visible.access),
            action=action,
            order=order,
            order_path=subject.path,
            path=f"{subject.path}/{action.name}",
            whole=_money(subject, action.whole_minor(order)),
            currency=CURRENCIES[order.currency].symbol,
            first_amount=_typed_amount(subject),
            positions=[
                (f"{QUANTITY}{n}", each, _money(subject, each.amount_minor))
                for n, each in enumerate(action.positions(order))
            ],
            chosen=chosen or Chosen(),
            refusal=refusal,
            effect=effect,
            confirmed=confirmed,
            is_changed=is_changed,
            is_possible=is_possible,
            asks=action.input is Input.AMOUNT and is_possible,
        )
        return page(html, status)

    def _now(self) -> datetime:
        return self.visible.access.context.clock.now()


def _is_chosen(sent: Mapping[str, str]) -> bool:
    return AMOUNT in sent or any(name.startswith(QUANTITY) for name in sent)


def _read(subject: _Subject, sent: Mapping[str, str]) -> Chosen:
    """The user's choice; of an action that asks nothing, an empty one."""
    if subject.action.input is not Input.AMOUNT:
        return Chosen()
    positions = subject.action.positions(subject.order)
    return read_quantities(sent, positions) if positions else read_amount(sent, subject.order)


def _effect(subject: _Subject, amount_minor: int, whole_minor: int) -> dict[str, str]:
    """What will change, in words, and the label of the button."""
    name, language = subject.action.name, subject.language
    amounts = {
        "amount": _money(subject, amount_minor),
        "whole": _money(subject, whole_minor),
        "rest": _money(subject, whole_minor - amount_minor),
    }
    is_whole = amount_minor == whole_minor
    first = f"effect_{name}"
    second = f"{first}_rest"
    if subject.action.input is Input.AMOUNT and is_whole:
        first, second = f"{first}_whole", "effect_refund_nothing" if name == "refund" else ""
    return {
        "first": orders_text(first, language=language, **amounts),
        "second": orders_text(second, language=language, **amounts) if second else "",
        "button": orders_text(f"confirm_{name}", language=language, **amounts),
    }


def _money(subject: _Subject, amount_minor: int) -> str:
    return money_text(amount_minor, subject.order.currency, subject.language)


def _typed_amount(subject: _Subject) -> str:
    """The whole sum, as a person types it."""
    whole = subject.action.whole_minor(subject.order)
    text = Money(whole, CURRENCIES[subject.order.currency]).text()
    return text.replace(".", ",") if subject.language == "ru" else text
