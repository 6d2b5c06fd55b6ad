"""Builds the pages of the personal account."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from altyn.inbound.personal_account.access import AccountAccess
from altyn.inbound.personal_account.api_page import ApiPage
from altyn.inbound.personal_account.audit_page import AuditPage
from altyn.inbound.personal_account.codes_page import CodesPage
from altyn.inbound.personal_account.login_pages import DemoUsers, LoginPages
from altyn.inbound.personal_account.main_page.page import MainPage
from altyn.inbound.personal_account.page_sets.page import PageSetPages
from altyn.inbound.personal_account.reports.page import ReportPages
from altyn.inbound.personal_account.settings.callback_tools import CallbackTools
from altyn.inbound.personal_account.settings.callbacks_page import CallbacksPage
from altyn.inbound.personal_account.settings.ports import SettingsServices
from altyn.inbound.personal_account.settings.sessions_page import SessionsPage
from altyn.inbound.personal_account.settings.settings_page import SettingsPages
from altyn.inbound.personal_account.shops import VisibleShops
from altyn.inbound.personal_account.users_page import UsersPage
from altyn.inbound.request_handler import Credentials
from altyn.main.account_orders import account_order_routes
from altyn.main.account_passkeys import passkey_routes
from altyn.main.page_sets import page_sets_of
from altyn.main.shop_links import invoice_routes
from altyn.operations.ports import Clock, World
from altyn.operations.reports.jobs import Reports
from altyn.security.keys import KeyRing
from altyn.settings import Settings
from altyn.storage.account_context import account_context
from altyn.storage.dashboard import DashboardStore
from altyn.storage.database import Pool
from altyn.storage.demo import DEMO_OPERATOR_LOGIN, DEMO_OWNER_LOGIN, DEMO_PASSWORD
from altyn.storage.export_jobs import ExportJobStore


def account_routes(
    settings: Settings,
    pool: Pool,
    keys: KeyRing,
    clock: Clock,
    world: World,
    services: SettingsServices,
    credentials: Credentials,
) -> Sequence[BaseRoute]:
    """The pages below `/mportal3`."""
    context = account_context(
        pool, ring=keys, clock=clock, rules=settings.account_sessions, merchants=world.merchants
    )
    public = settings.public_url or ""
    access = AccountAccess(
        context=context,
        secure=public.startswith("https://"),
        sandbox=settings.sandbox,
        public_url=settings.public_url,
    )
    shops = VisibleShops(world.merchants)
    demo = DemoUsers((DEMO_OWNER_LOGIN, DEMO_OPERATOR_LOGIN), DEMO_PASSWORD)
    login = LoginPages(access, demo if settings.sandbox else None)
    routes = [
        *login.routes(),
        *passkey_routes(access, login, pool, keys),
        *MainPage(access, DashboardStore(pool), shops).routes(),
        *ReportPages(access, Reports(ExportJobStore(pool), clock), shops).routes(),
        *CodesPage(access).routes(),
        *account_order_routes(access, pool, world),
        *UsersPage(access).routes(),
        *ApiPage(access).routes(),
        *AuditPage(access).routes(),
        *CallbacksPage(access, services.history, shops).routes(),
        *SettingsPages(access, services, CallbackTools(access, services)).routes(),
        *SessionsPage(access).routes(),
        *PageSetPages(access, page_sets_of(pool, keys, clock)).routes(),
        *invoice_routes(access, settings, pool, world, credentials),
    ]
    return [*access.pages_of_forms(routes), *routes]
