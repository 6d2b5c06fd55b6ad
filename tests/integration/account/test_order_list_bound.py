"""A page of the list that has ended because so many orders were looked through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest
from starlette.applications import Starlette

from altyn.domain.merchant import Merchant
from altyn.inbound.personal_account.access import COOKIE, AccountAccess
from altyn.inbound.personal_account.orders.list_page import OrderListPage
from altyn.inbound.personal_account.orders.pages import VisibleOrders
from altyn.inbound.web.paging import place_text, read_place
from altyn.operations.order_history import OrderLine
from altyn.operations.order_list import OrderFilter
from altyn.operations.paging import ListPage, Place
from altyn.operations.reports.jobs import Reports
from altyn.storage.account_context import StoredMerchants
from altyn.storage.export_jobs import ExportJobStore
from altyn.storage.kept_lists import KeptListTables
from tests.asgi_client import AsgiClient
from tests.integration.account.access import Access
from tests.integration.storage.processes import NOW

END = Place(NOW, UUID(int=7))


class ShopsAlone(StoredMerchants):
    """Merchants without children."""

    async def by_login(self, login: str) -> Merchant | None:
        raise NotImplementedError

    async def children(self, merchant_id: int) -> Sequence[Merchant]:
        return ()


@dataclass
class BoundedLists:
    """A list without a match among the newest orders; `asked` are the places of its pages."""

    asked: list[Place | None]

    async def page(
        self, wanted: OrderFilter, *, before: Place | None = None, size: int = 50
    ) -> ListPage[OrderLine]:
        self.asked.append(before)
        return ListPage((), END, reached=True)


async def test_list_that_was_not_searched_to_its_end_is_searched_further(access: Access) -> None:
    account = AccountAccess(context=access.context, secure=False, sandbox=False)
    merchants = ShopsAlone(access.pool)
    lists = BoundedLists([])
    reports = Reports(ExportJobStore(access.pool), access.context.clock)
    kept = KeptListTables(access.pool)
    page = OrderListPage(VisibleOrders(account, merchants), lists, kept, reports)
    opened = await access.log_in("shop-operator")
    headers = {"cookie": f"{COOKIE}={opened.token}", "accept-language": "en"}
    client = AsgiClient(Starlette(routes=page.routes()))
    answer = await client.get("/mportal3/orders?number=4%25", headers=headers)
    assert "Orders are searched back to" in answer.text
    assert "None of them matches." in answer.text
    assert "There are no such orders" not in answer.text
    further = answer.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Look further" in (await client.get(further, headers=headers)).text
    assert lists.asked == [None, END]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "1",
        "x.1",
        "1.x",
        "9" * 18 + ".0",
        f"1.{0:032x}.1",
        f"1.{0:032x}.1.x",
        f"1.{0:032x}.{2**31}.1",
        f"1.{0:032x}.1.{2**15}",
    ],
)
def test_place_that_is_none_is_the_beginning(text: str) -> None:
    assert read_place(text) is None


@pytest.mark.parametrize("place", [END, Place(*END[:2], version=3, line=2)])
def test_place_survives_an_address(place: Place) -> None:
    assert read_place(place_text(place)) == place
