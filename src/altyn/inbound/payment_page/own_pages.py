"""The pages that a shop has in place of the gateway's: an uploaded set, or one in a folder.

An uploaded set that is active is served alone: its shop's folder is not looked at then, so that no
page comes from two sets. Source: payment-page.md §1.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from starlette.responses import Response

from altyn.domain.language import DEFAULT_LANGUAGE
from altyn.inbound.page_sets.file_types import media_type_of
from altyn.inbound.page_sets.order_values import filled
from altyn.inbound.payment_page import responses
from altyn.inbound.payment_page.addresses import FINISH_FILE, Kind
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.pages import PageContext, problem_of, reason_of_end
from altyn.inbound.payment_page.shop_templates import ShopTemplates
from altyn.inbound.payment_page.texts import text
from altyn.look import date_text
from altyn.look.pages import web_link
from altyn.operations.page_sets import ActivePages, ServedPages
from altyn.operations.ports import Merchants


@dataclass(frozen=True, slots=True)
class OwnPages:
    """Finds the pages and files of page sets; `uploaded` is None where shops can upload none."""

    folder: ShopTemplates
    uploaded: ServedPages | None
    merchants: Merchants

    async def page(self, page_order: PageOrder, context: PageContext) -> Response | None:
        """The shop's page of this name: in the requested language, else in the shop's default, else
        in Russian; None where the shop has none."""
        return await self._first(page_order, context, _files(page_order, context))

    async def finish_page(self, page_order: PageOrder, context: PageContext) -> Response | None:
        """The shop's page of a result."""
        return await self._first(page_order, context, [FINISH_FILE])

    async def asset(self, login: str, path: str) -> tuple[bytes, str] | None:
        """A file that a page of the set uses, with its media type. Other types are not served."""
        merchant = await self.merchants.by_login(login)
        if merchant is not None and merchant.login == login:
            pages = await self._active(merchant.merchant_id)
            if pages.number:
                media_type = media_type_of(path)
                found = await self._file(merchant.merchant_id, pages, [path])
                return None if found is None or media_type is None else (found, media_type)
        return await asyncio.to_thread(self.folder.asset, login, path)

    async def _first(
        self, page_order: PageOrder, context: PageContext, files: Iterable[str]
    ) -> Response | None:
        merchant = page_order.merchant
        pages = await self._active(merchant.merchant_id)
        if not pages.number:
            own = await asyncio.to_thread(self.folder.page, merchant.login, files)
            return None if own is None else responses.shop_page(own, page_order)
        found = await self._file(merchant.merchant_id, pages, files)
        if found is None:
            return None
        if not pages.checked:
            return responses.shop_page(found, page_order)
        html = filled(found.decode(), order_values(page_order, context))
        return responses.checked_page(html, page_order)

    async def _active(self, merchant_id: int) -> ActivePages:
        return await self.uploaded.active(merchant_id) if self.uploaded else ActivePages()

    async def _file(
        self, merchant_id: int, pages: ActivePages, files: Iterable[str]
    ) -> bytes | None:
        """The first of these files that the set has; None also when it has just been removed."""
        file = next((each for each in files if each in pages.paths), None)
        if file is None or self.uploaded is None:
            return None
        return await self.uploaded.file(merchant_id, pages.number, file)


def order_values(page_order: PageOrder, context: PageContext) -> dict[str, str]:
    """What a page of a checked set shows of its order."""
    order, language = page_order.order, context.language
    return {
        "amount": page_order.amount.human(language),
        "orderNumber": order.order_number,
        "description": order.request.description or "",
        "shopName": page_order.merchant.name_in(language),
        "payUntil": date_text(order.expires_at, language),
        "reason": reason_of_end(page_order, language) or _problem(page_order, context),
        "shop": web_link(page_order.shop_address(context.base_url, language)) or "#",
    }


def _problem(page_order: PageOrder, context: PageContext) -> str:
    """What the gateway's own errors page says of an order that was not declined by a bank."""
    if context.name.kind is not Kind.ERRORS:
        return ""
    return text(f"error_{problem_of(page_order).value}_means", context.language)


def _files(page_order: PageOrder, context: PageContext) -> Iterator[str]:
    """The names that the page may have, the best one first."""
    default = page_order.merchant.settings.default_language
    for language in dict.fromkeys((context.name.language, default, DEFAULT_LANGUAGE)):
        yield from context.name.spellings(language)
