"""Registers the order of a payer by the shop's public token: by the same handler as register.do.

The token, the shop's allow-list of addresses and every parameter are checked as those of an API
call are. Source: personal-account.md §5; rest-orders.md §1.2, §2.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Final

import structlog

from altyn.domain.merchant import Merchant
from altyn.domain.operation import Operation
from altyn.domain.order_id import new_order_number
from altyn.inbound.call_log import log_answer, record_link_refusal, record_link_shop
from altyn.inbound.handlers import handle_register
from altyn.inbound.http.fields import Fields
from altyn.inbound.request_handler import (
    Call,
    Credentials,
    Refusing,
    Request,
    RequestHandler,
    access_refusal,
)
from altyn.inbound.shop_links.address_limit import ORDERS_MAX, WITHIN, AddressLimit, OrderCounts
from altyn.inbound.shop_links.texts import link_text
from altyn.inbound.web.amounts import minor_units
from altyn.operations.decisions import Refused
from altyn.operations.ports import World
from altyn.operations.results import Registered
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.dialects.classic.methods import REGISTER
from altyn.protocol.table import Method

log = structlog.get_logger("altyn.shop_links")
RETURN_URL: Final = "returnUrl"
ROUBLES: Final = "643"
TO_NO_SHOP: Final[Method] = replace(
    REGISTER, parameters=tuple(row for row in REGISTER.parameters if row.name != RETURN_URL)
)
"""register.do of an order whose payer returns to no shop: the gateway shows the result."""


FROM_A_LINK: Final = '{"paymentLink":"yes"}'
"""The parameter by which these orders are counted, and known to the shop
(`newest_payer_addresses.sql`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An order that a payer wants: `fields` are parameters of register.do, the amount in roubles.

    `return_url`: where the payer goes after the payment; empty: to the gateway's result page.
    """

    token: str
    fields: Mapping[str, str]
    ip: str
    language: str
    base_url: str
    return_url: str = ""


@dataclass(frozen=True, slots=True)
class NotRegistered:
    """Why there is no order. `parameter` is the field that is wrong, where it is one.

    `key` names a text of these pages, `text` is the API's own text; one of them is empty.
    """

    key: str = ""
    text: str = ""
    parameter: str = ""
    status: int = 400


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A registered order, and the address of its payment page."""

    order_id: str
    order_number: str
    form_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRegistration:
    """Registers orders by public tokens."""

    world: World
    credentials: Credentials
    limit: AddressLimit
    counts: OrderCounts

    async def shop_of(self, token: str) -> Merchant | None:
        """The shop of a token that may be used; None for any other token."""
        user = await self.credentials.by_token(token) if token else None
        if user is None:
            return None
        merchant = await self.world.merchants.get(user.merchant_id)
        open_to_all = replace(merchant, settings=replace(merchant.settings, ip_allow_list=()))
        if access_refusal(user, open_to_all, ""):
            return None
        record_link_shop(merchant.login)
        return merchant

    async def register(self, wanted: Wanted) -> NewOrder | NotRegistered:
        """Register the order.

        Refuses: an amount that cannot be read, an address that has registered too many orders, then
        as register.do.
        """
        amount = minor_units(wanted.fields.get("amount", ""))
        if amount is None or amount <= 0:
            record_refusal("wrong_amount", "amount")
            return NotRegistered(key="wrong_amount", parameter="amount")
        now = self.world.clock.now()
        if not self.limit.allows(wanted.ip, now) or await self._has_enough(wanted, now):
            log.warning("too_many_orders", ip=wanted.ip)
            record_refusal("too_often")
            return NotRegistered(key="too_often", status=429)
        sent = {
            "orderNumber": new_order_number(now),
            **{name: value for name, value in wanted.fields.items() if value},
            "token": wanted.token,
            "amount": str(amount),
            "currency": ROUBLES,
            "language": wanted.language,
            "ip": wanted.ip,
            "jsonParams": FROM_A_LINK,
            RETURN_URL: wanted.return_url,
        }
        return await self._registered(wanted, sent)

    async def _has_enough(self, wanted: Wanted, now: datetime) -> bool:
        """Whether the shop has so many orders of this address already, from any process."""
        user = await self.credentials.by_token(wanted.token)
        if user is None:
            return False  # the request handler refuses the token
        since = now - WITHIN
        stored = await self.counts.of_network(user.merchant_id, wanted.ip, since=since)
        return stored >= ORDERS_MAX

    async def _registered(
        self, wanted: Wanted, sent: Mapping[str, str]
    ) -> NewOrder | NotRegistered:
        """Register by the handler of register.do, with these parameters."""
        method = REGISTER if wanted.return_url else TO_NO_SHOP
        request = Request(
            dialect=CLASSIC,
            method=method,
            source=Fields.of([pair for pair in sent.items() if pair[1]]),
            ip=wanted.ip,
            base_url=wanted.base_url,
        )
        handler = RequestHandler(self.world, self.credentials, {Operation.REGISTER: _register})
        started = perf_counter()
        served = await handler.serve(request)
        log_answer(request, served, started)
        if isinstance(served, Refusing):
            return NotRegistered(text=served.answer.text, parameter=served.parameter)
        members = served.members
        return NewOrder(str(members["orderId"]), sent["orderNumber"], str(members["formUrl"]))


def record_refusal(key: str, parameter: str = "") -> None:
    """Record a refusal that is not of register.do; `key` is of the text that the payer reads."""
    record_link_refusal(key, link_text(key, language="en"), parameter)


async def _register(call: Call, world: World) -> Registered | Refused:
    return await handle_register(replace(call, values={"return_url": "", **call.values}), world)
