"""A registered order is always one whose page offers a way to pay."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast
from uuid import UUID

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from altyn.domain.card.binding import Binding, BindingCategory
from altyn.domain.merchant import OPENING, Merchant, Permission
from altyn.domain.way_settings import BnplSettings, SberPaySettings
from altyn.inbound.payment_page.bnpl.tile import PARTS_TILE
from altyn.inbound.payment_page.offered_ways import Choice, choice_of
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.sberpay.tile import SBERPAY_TILE
from altyn.operations.connector import Connector
from altyn.operations.decisions import Refused
from altyn.operations.paying.allowed import allows_way
from altyn.operations.paying.bnpl.offer import refuse_parts
from altyn.operations.paying.sberpay import refuse_sberpay, sberpay_is_paused
from altyn.operations.paying.ways import PaymentWays, WayToPay
from altyn.operations.ports import World
from altyn.operations.register import Register, app_request, decide_registration
from altyn.operations.register_ways import refuse_ways
from tests.builders import REGISTERED_AT as NOW
from tests.builders import a_merchant

CLIENT, STORED = "client", UUID(int=7)
CONNECTOR = cast("Connector", object())
WAYS = PaymentWays(
    (
        *(WayToPay(name=name, connector=CONNECTOR) for name in ("CARD", "CARD_BINDING")),
        WayToPay(
            name="SBRF_SBOL", connector=CONNECTOR, refuse=refuse_sberpay, paused=sberpay_is_paused
        ),
        WayToPay(name="BNPL", connector=CONNECTOR, refuse=refuse_parts),
    )
)
TILES = {"SBRF_SBOL": SBERPAY_TILE, "BNPL": PARTS_TILE}
NAMES = st.lists(
    st.sampled_from(["CARD", "CARD_BINDING", "CARD_MOTO", "SBRF_SBOL", "BNPL", "MIR_PAY"]),
    unique=True,
    max_size=3,
)
PERMISSIONS = st.sets(
    st.sampled_from([Permission.BNPL, Permission.SBERPAY, Permission.BINDINGS]), max_size=2
)


@dataclass(frozen=True)
class OneClient:
    """A store with the stored cards of one client."""

    cards: tuple[Binding, ...]

    async def of_client(self, _merchant_id: int, client_id: str) -> tuple[Binding, ...]:
        return self.cards if client_id == CLIENT else ()

    async def load(self, _merchant_id: int, binding_id: UUID) -> Binding | None:
        return next((each for each in self.cards if each.binding_id == binding_id), None)


def a_stored_card() -> Binding:
    return Binding(
        merchant_id=1,
        binding_id=STORED,
        version=1,
        client_id=CLIENT,
        fingerprint="f1",
        masked_pan="411111**1111",
        expiry="203512",
        holder="IVAN PETROV",
        system="VISA",
        category=BindingCategory.COMMON,
        created_at=NOW,
        changed_at=NOW,
    )


def a_world(*, stored: bool, ways: PaymentWays = WAYS) -> World:
    store = OneClient((a_stored_card(),) if stored else ())
    world = SimpleNamespace(
        ways=ways,
        bindings=SimpleNamespace(store=store),
        clock=SimpleNamespace(now=lambda: NOW),
    )
    return cast("World", world)


@st.composite
def merchants(draw: st.DrawFn) -> Merchant:
    return a_merchant(
        permissions=OPENING - draw(PERMISSIONS),
        currencies=("643", "840"),
        allowed_payment_ways=tuple(draw(NAMES)),
        bnpl=BnplSettings(only=draw(st.booleans())),
        sberpay=SberPaySettings(inactive=draw(st.booleans())),
    )


@st.composite
def registrations(draw: st.DrawFn) -> Register:
    hidden = draw(st.sampled_from([{}, {"sberpayHide": "true"}, {"showSbol": "false"}]))
    features = draw(st.lists(st.sampled_from(["BNPL", "VERIFY", "FORCE_TDS"]), max_size=2))
    return Register(
        amount_minor=draw(st.sampled_from([99, 100, 99_999, 100_000, 15_000_001, 70_000_001])),
        return_url="https://shop.example",
        order_number="A-100",
        currency=draw(st.sampled_from([None, "643", "840"])),
        client_id=draw(st.sampled_from([None, CLIENT, "another"])),
        binding_id=draw(st.sampled_from([None, None, str(STORED)])),
        features=tuple(features),
        allowed_ways=tuple(draw(NAMES)),
        json_params=hidden,
    )


@settings(max_examples=600, deadline=None)
@given(command=registrations(), merchant=merchants(), stored=st.booleans())
def test_page_of_a_registered_order_offers_an_allowed_way(
    *, command: Register, merchant: Merchant, stored: bool
) -> None:
    order = decide_registration(command, merchant, NOW)
    assume(not isinstance(order, Refused))
    assert not isinstance(order, Refused)
    world = a_world(stored=stored)
    app = app_request(command, merchant)
    refused = asyncio.run(refuse_ways(command, app, order, merchant, world))
    has_card = command.binding_id is not None or (stored and command.client_id == CLIENT)
    choice = choice_of(PageOrder(order, merchant), TILES, world, "ru", has_stored_card=has_card)
    offered = {each.way for each in choice.tiles}
    assert all(allows_way(way, order, merchant) for way in offered)
    if choice.card:
        assert any(allows_way(way, order, merchant) for way in ("CARD", "CARD_BINDING"))
    if refused is None:
        assert choice.possible or merchant.settings.sberpay.inactive
    elif command.binding_id is None:
        assert not choice.possible
        assert refused.rule
    assert _explains_absence(choice)


def _explains_absence(choice: Choice) -> bool:
    return choice.possible or bool(choice.absence)


def test_gateway_without_the_service_refuses_an_order_for_payment_in_parts() -> None:
    command = Register(amount_minor=150_000, return_url="https://shop.example", features=("BNPL",))
    merchant = a_merchant()
    order = decide_registration(command, merchant, NOW)
    assert not isinstance(order, Refused)
    world = a_world(stored=False, ways=PaymentWays([WayToPay(name="CARD", connector=CONNECTOR)]))
    refused = asyncio.run(
        refuse_ways(command, app_request(command, merchant), order, merchant, world)
    )
    assert refused is not None
    assert (refused.refusal.value, refused.parameter) == ("features_invalid", "features")
