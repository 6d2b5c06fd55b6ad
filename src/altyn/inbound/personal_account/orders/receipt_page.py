"""The page that sends a failed receipt of an order again, as another one, after a confirmation.

Source: personal-account.md §4; fiscal.md §9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import Action
from altyn.domain.receipt.contact import Contact, ContactFault, read_contact
from altyn.domain.receipt.values import Receipt
from altyn.domain.refusals import Refusal
from altyn.inbound.personal_account.access import AccountRequest
from altyn.inbound.personal_account.orders.pages import VisibleOrders, orders_frame, render
from altyn.inbound.personal_account.pages import ORDERS_PATH
from altyn.inbound.web.order_story.view import money_text
from altyn.inbound.web.responses import page, see_other
from altyn.operations.decisions import Refused
from altyn.operations.ports import Orders
from altyn.operations.staff.resend_receipt import may_be_resent

CONTACT: Final = "contact"
BAD_REQUEST: Final = 400


class OrderReceipts(Protocol):
    """Reads the receipts of an order, and sends a failed one again."""

    async def of_order(self, merchant_id: int, order_id: UUID) -> Sequence[Receipt]: ...

    async def send_again(
        self, receipt: Receipt, contact: Contact, login: str, address: str
    ) -> Refused | None:
        """Send it as the user `login` at an IP address. A known `contact` replaces its own.

        Refuses WRONG_STATUS (it has not failed, or was sent again), ACCESS_DENIED (no provider).
        """
        ...


@dataclass(frozen=True, slots=True)
class _Found:
    """A receipt, the number of its order, and whether it may be sent again."""

    receipt: Receipt
    order_number: str
    is_possible: bool


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """One receipt of an order."""

    visible: VisibleOrders
    orders: Orders
    receipts: OrderReceipts

    def routes(self) -> list[BaseRoute]:
        """The address of the page."""
        path = f"{ORDERS_PATH}/{{order}}/receipts/{{receipt}}"
        open_page = self.visible.access.page
        return [
            open_page("GET", path, self.show, needs=Action.RECEIPTS),
            open_page("POST", path, self.resend, needs=Action.RECEIPTS),
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """What will be sent, and the form that sends it."""
        found = await self._found(asked)
        if found is None:
            return self.visible.not_found(asked)
        return self._page(asked, found)

    async def resend(self, asked: AccountRequest) -> Response:
        """Send it again, once; a form that is sent twice leads to the order."""
        found = await self._found(asked)
        if found is None:
            return self.visible.not_found(asked)
        order_path = f"{ORDERS_PATH}/{found.receipt.order_id}"
        text = asked.form.get(CONTACT, "").strip()
        contact = read_contact(text) if text else Contact()
        if isinstance(contact, ContactFault):
            return self._page(asked, found, fault="wrong_contact", status=BAD_REQUEST)
        current = asked.current
        refused = await self.receipts.send_again(
            found.receipt, contact, current.user.login, current.address
        )
        if refused is None:
            access, receipt_id = self.visible.access, str(found.receipt.receipt_id)
            await access.record(asked, AuditAction.RECEIPT_RESENT, found.order_number, receipt_id)
            return see_other(f"{order_path}?done=resent")
        if refused.refusal is Refusal.WRONG_STATUS:
            return see_other(f"{order_path}?done=repeated")
        return self._page(asked, found, fault="resend_no_provider", status=BAD_REQUEST)

    async def _found(self, asked: AccountRequest) -> _Found | None:
        """The receipt of the address, if it is one of the order of the address."""
        key = await self.visible.key(asked)
        order = None if key is None else await self.orders.load(key)
        if key is None or order is None:
            return None
        known = await self.receipts.of_order(key.merchant_id, key.order_id)
        which = asked.request.path_params["receipt"]
        receipt = next((each for each in known if str(each.receipt_id) == which), None)
        if receipt is None:
            return None
        return _Found(receipt, order.order_number, may_be_resent(receipt, known))

    def _page(
        self, asked: AccountRequest, found: _Found, *, fault: str = "", status: int = 200
    ) -> Response:
        frame = orders_frame(asked, self.visible.access)
        receipt = found.receipt
        order_path = f"{ORDERS_PATH}/{receipt.order_id}"
        content = receipt.content
        html = render(
            "order_receipt.html",
            frame,
            number=found.order_number,
            amount=money_text(content.amount_minor, content.currency, frame.language),
            problem=receipt.problem or "",
            contact=asked.form.get(CONTACT, ""),
            fault=fault,
            is_possible=found.is_possible,
            order_path=order_path,
            path=f"{order_path}/receipts/{receipt.receipt_id}",
        )
        return page(html, status)
