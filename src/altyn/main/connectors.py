"""The connectors of a gateway: real ones in production, simulators in the sandbox."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from starlette.routing import BaseRoute

from altyn.inbound.payment_page.bnpl.tile import PARTS_TILE
from altyn.inbound.payment_page.sberpay.tile import SBERPAY_TILE
from altyn.inbound.sandbox.answers import from_another_site
from altyn.inbound.sandbox.phones.ports import Plans, no_plans
from altyn.inbound.sandbox.plans import plan_routes
from altyn.main.ways import RegisteredWay
from altyn.operations.credit.ports import CreditSystem
from altyn.operations.paying.bnpl.offer import refuse_parts
from altyn.operations.paying.bnpl.ports import PartsService
from altyn.operations.paying.card.ports import CardChecks, ThreeDS
from altyn.operations.paying.sberpay import (
    read_sberpay_details,
    refuse_sberpay,
    sberpay_is_paused,
)
from altyn.operations.paying.ways import WayToPay
from altyn.operations.ports import Clock
from altyn.outbound.acquirer.connector import Acquirer, CardConnector
from altyn.outbound.acquirer.in_process import InProcessAcquirer
from altyn.outbound.acquirer.test_cards import TestCardsOnly
from altyn.outbound.bnpl.connector import BnplConnector
from altyn.outbound.bnpl.in_process import InProcessService
from altyn.outbound.credit.in_process import InProcessCreditBank
from altyn.outbound.sberpay.connector import SberPayConnector
from altyn.outbound.sberpay.in_process import InProcessBank
from altyn.outbound.threeds.absent import NoDirectory
from altyn.outbound.threeds.directory import DirectoryConnector
from altyn.protocol.payment_ways import PaymentWay
from altyn.security.keys import KeyRing
from altyn.settings import Settings
from altyn.simulators.acs.directory import DirectoryServer
from altyn.simulators.acs.http import routes as acs_routes
from altyn.simulators.bank_app.bank_app import BankApp
from altyn.simulators.bnpl_service.service import BnplService
from altyn.simulators.credit.bank import CreditBank
from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.simulators.issuer.http import routes as issuer_routes
from altyn.simulators.phones.phones import Phones
from altyn.storage.database import Pool

ACS_KEY: Final = "sandbox ACS signatures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connectors:
    """The ways to pay of this gateway, the ports of card payments, and the simulators' pages.

    The sandbox has simulated phones, the bank whose app confirms payments, and the service that
    lends for payment in parts, and the bank that decides applications for a credit.
    """

    ways: tuple[RegisteredWay, ...]
    checks: CardChecks
    threeds: ThreeDS
    plans: Plans = no_plans  # those of payment in parts, for the simulated phones
    routes: tuple[BaseRoute, ...] = ()
    phones: Phones | None = None
    bank_app: BankApp | None = None
    parts: PartsService | None = None
    credit: CreditSystem | None = None


async def open_connectors(
    settings: Settings, pool: Pool, ring: KeyRing, clock: Clock, stack: AsyncExitStack
) -> Connectors:
    """Connect to the acquirer and to 3-D Secure; `stack` closes the connections."""
    if not settings.sandbox:
        card = CardConnector(await _acquirer_over_http(settings, stack))
        return Connectors(ways=_ways(card), checks=card, threeds=NoDirectory())
    bank = IssuerSimulator(pool, clock.now, same_database=True)
    key = ring.derive(ACS_KEY)
    directory = DirectoryServer(pool, key, settings.public_url or "")
    acquirer: Acquirer
    if settings.acquirer_url is not None:
        acquirer = await _acquirer_over_http(settings, stack)
    else:
        acquirer = InProcessAcquirer(bank, timeout_seconds=settings.acquirer_timeout_seconds)
    card = CardConnector(acquirer)
    phones = Phones(pool, clock.now)
    bank_app = BankApp(pool, clock.now, issuer=bank, phones=phones)
    lender = BnplService(pool, clock.now, issuer=bank, phones=phones)
    parts = InProcessService(lender, timeout_seconds=settings.acquirer_timeout_seconds)
    return Connectors(
        ways=(*_ways(card), _sberpay(bank_app, card, settings), _bnpl(parts)),
        checks=TestCardsOnly(card),
        threeds=DirectoryConnector(directory, key),
        routes=(
            *acs_routes(directory),
            *_bank_routes(settings, pool, clock),
            *plan_routes(lender),
        ),
        phones=phones,
        bank_app=bank_app,
        parts=parts,
        plans=lender.plans,
        credit=InProcessCreditBank(
            CreditBank(pool, clock.now), timeout_seconds=settings.acquirer_timeout_seconds
        ),
    )


def _bank_routes(settings: Settings, pool: Pool, clock: Clock) -> Sequence[BaseRoute]:
    """The simulated bank over HTTP for another gateway, if ALTYN_SERVE_BANK asks for it."""
    if not settings.serve_bank:
        return ()
    assert settings.acquirer_key is not None
    bank = IssuerSimulator(pool, clock.now)
    return issuer_routes(bank, key=settings.acquirer_key, refused=from_another_site)


def _ways(card: CardConnector) -> tuple[RegisteredWay, ...]:
    names = (PaymentWay.CARD, PaymentWay.CARD_BINDING, PaymentWay.CARD_MOTO)
    return tuple(RegisteredWay(way=WayToPay(name=way.value, connector=card)) for way in names)


def _sberpay(bank: BankApp, money: CardConnector, settings: Settings) -> RegisteredWay:
    invoicing = InProcessBank(bank, timeout_seconds=settings.acquirer_timeout_seconds)
    way = WayToPay(
        name=PaymentWay.SBRF_SBOL.value,
        connector=SberPayConnector(invoicing, money),
        read_details=read_sberpay_details,
        refuse=refuse_sberpay,
        paused=sberpay_is_paused,
    )
    return RegisteredWay(way=way, tile=SBERPAY_TILE)


def _bnpl(parts: PartsService) -> RegisteredWay:
    connector = BnplConnector(parts)
    way = WayToPay(name=PaymentWay.BNPL.value, connector=connector, refuse=refuse_parts)
    return RegisteredWay(way=way, tile=PARTS_TILE)


async def _acquirer_over_http(settings: Settings, stack: AsyncExitStack) -> Acquirer:
    """The acquirer over HTTP. Its library takes a third of the start time: loaded only here."""
    import aiohttp  # noqa: PLC0415 - as above

    from altyn.outbound.acquirer.over_http import HttpAcquirer  # noqa: PLC0415 - as above

    assert settings.acquirer_url is not None
    session = await stack.enter_async_context(aiohttp.ClientSession())
    timeout = settings.acquirer_timeout_seconds
    return HttpAcquirer(
        session,
        settings.acquirer_url,
        timeout_seconds=timeout,
        key=settings.acquirer_key,
    )
