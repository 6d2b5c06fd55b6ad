"""Builds the pages of invoices, static links and the pay button."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from altyn.inbound.personal_account.access import AccountAccess
from altyn.inbound.personal_account.invoices.links_page import LinksPage
from altyn.inbound.personal_account.invoices.page import InvoicesPage
from altyn.inbound.personal_account.shops import VisibleShops
from altyn.inbound.request_handler import Credentials
from altyn.inbound.shop_links.address_limit import AddressLimit
from altyn.inbound.shop_links.endpoint import shop_link_routes
from altyn.inbound.shop_links.registering import LinkRegistration
from altyn.operations.ports import World
from altyn.settings import Settings
from altyn.storage.database import Pool
from altyn.storage.demo import DEMO_LOGIN, DEMO_TOKEN
from altyn.storage.invoices import InvoiceStore
from altyn.storage.payer_orders import PayerOrderCounts


def invoice_routes(
    access: AccountAccess, settings: Settings, pool: Pool, world: World, credentials: Credentials
) -> Sequence[BaseRoute]:
    """The account's pages of invoices and links, and what payers open by the links."""
    registration = LinkRegistration(
        world=world, credentials=credentials, limit=AddressLimit(), counts=PayerOrderCounts(pool)
    )
    return [
        *InvoicesPage(
            access=access,
            world=world,
            invoices=InvoiceStore(pool),
            shops=VisibleShops(world.merchants),
        ).routes(),
        *LinksPage(
            access=access,
            registration=registration,
            known_tokens={DEMO_LOGIN: DEMO_TOKEN} if settings.sandbox else {},
        ).routes(),
        *shop_link_routes(registration, public_url=settings.public_url, sandbox=settings.sandbox),
    ]
