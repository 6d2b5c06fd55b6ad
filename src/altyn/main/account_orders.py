"""Builds the pages of the orders in the personal account."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.routing import BaseRoute

from altyn.domain.callback_history import CallbackDetail
from altyn.domain.outbox import EntryId
from altyn.domain.receipt.contact import Contact
from altyn.domain.receipt.values import Receipt
from altyn.inbound.handlers import HANDLERS
from altyn.inbound.personal_account.access import AccountAccess
from altyn.inbound.personal_account.orders.action_page import ActionPages
from altyn.inbound.personal_account.orders.callback_page import CallbackPage
from altyn.inbound.personal_account.orders.list_page import OrderListPage
from altyn.inbound.personal_account.orders.order_page import OrderPage
from altyn.inbound.personal_account.orders.pages import VisibleOrders
from altyn.inbound.personal_account.orders.performing import Performer
from altyn.inbound.personal_account.orders.receipt_page import ReceiptPage
from altyn.inbound.web.order_story.values import StoryReader
from altyn.operations.decisions import Refused
from altyn.operations.ports import Clock, World
from altyn.operations.reports.jobs import Reports
from altyn.operations.staff.actors import StaffActor, StaffRole
from altyn.operations.staff.resend_receipt import ResendContext, resend_receipt
from altyn.storage.callback_history import CallbackHistory
from altyn.storage.database import Pool
from altyn.storage.export_jobs import ExportJobStore
from altyn.storage.invoices import InvoiceStore
from altyn.storage.kept_lists import KeptListTables
from altyn.storage.order_history import OrderHistory
from altyn.storage.order_list import OrderListStore
from altyn.storage.receipts import ReceiptStore


@dataclass(frozen=True, slots=True)
class _Callbacks:
    """The callbacks of the account, by the gateway's clock."""

    history: CallbackHistory
    clock: Clock

    async def show(self, which: EntryId) -> CallbackDetail | None:
        """One callback."""
        return await self.history.show(which)

    async def send_again(self, which: EntryId) -> bool:
        """Send it to its own address."""
        return await self.history.resend(which, receiver=None, now=self.clock.now())


@dataclass(frozen=True, slots=True)
class _Receipts:
    """The receipts of the account."""

    world: World

    async def of_order(self, merchant_id: int, order_id: UUID) -> Sequence[Receipt]:
        """Those of one order."""
        return await self.world.receipts.of_order(merchant_id, order_id)

    async def send_again(
        self, receipt: Receipt, contact: Contact, login: str, address: str
    ) -> Refused | None:
        """Send a failed receipt again, as this user."""
        world = self.world
        actor = StaffActor(
            name=login,
            role=StaffRole.ACCOUNT_USER,
            merchant_id=receipt.merchant_id,
            address=address,
        )
        context = ResendContext(
            orders=world.orders,
            receipts=world.receipts,
            merchant=world.merchants.get,
            effects=world.effects,
            clock=world.clock,
            actor=actor,
        )
        made = await resend_receipt(receipt, contact, context)
        return made if isinstance(made, Refused) else None


def account_order_routes(access: AccountAccess, pool: Pool, world: World) -> Sequence[BaseRoute]:
    """The list of orders, one order, its actions and its callbacks."""
    visible = VisibleOrders(access, world.merchants)
    history, callbacks = OrderHistory(pool), CallbackHistory(pool)
    stories = StoryReader(world, history, callbacks, ReceiptStore(pool))
    return [
        *OrderListPage(
            visible,
            OrderListStore(pool),
            KeptListTables(pool),
            Reports(ExportJobStore(pool), world.clock),
        ).routes(),
        *OrderPage(visible, stories, InvoiceStore(pool)).routes(),
        *ActionPages(visible, Performer(world, HANDLERS), history).routes(),
        *CallbackPage(visible, _Callbacks(callbacks, world.clock)).routes(),
        *ReceiptPage(visible, world.orders, _Receipts(world)).routes(),
    ]
