"""Where a payer is sent: the payment page, and back to the shop.

Source: rest-orders.md §2.1, §2.2; payment-page.md §1, §5.
"""

import re
from typing import Final
from urllib.parse import quote, urlencode
from uuid import UUID

from altyn.domain.credit import awaits_credit
from altyn.domain.language import text_language
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.protocol.addresses import ascii_address, with_return_query

# `test.ru:8443/ok` is a host with a port, and has no scheme.
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?![0-9])")
CREDIT_FOLDER: Final = "/sbercredit/"
CREDIT_PAGE: Final = f"{CREDIT_FOLDER}rbs-common.html"
QR_FOLDER: Final = "/payment/qr/"
_PREFIXES: Final = {"DESKTOP": "", "MOBILE": "mobile_"}


def page_prefix(page_view: str | None) -> str:
    """The prefix of the name of a page file for this pageView (payment-page.md §1)."""
    view = page_view or "DESKTOP"
    return _PREFIXES.get(view.upper(), f"{view}_")


def page_link(base_url: str, merchant_login: str, order: Order, page: str = "payment") -> str:
    """The address of a page of an order: `…/merchants/<login>/payment_<lang>.html?mdOrder=…`."""
    prefix, language = page_prefix(order.request.page_view), order.request.language
    folder = f"{base_url}/payment/merchants/{quote(merchant_login, safe='')}"
    return f"{folder}/{quote(prefix)}{page}_{language}.html?mdOrder={order.order_id}"


def payment_link(base_url: str, merchant_login: str, order: Order) -> str:
    """The address that a shop sends to its payer: `formUrl` of the registration (bnpl.md §6, §8).

    The payer of a purchase on credit applies for the credit first.
    """
    if awaits_credit(order):
        language = order.request.language
        return f"{base_url}{CREDIT_PAGE}?mdOrder={order.order_id}&language={language}"
    return page_link(base_url, merchant_login, order)


def qr_link(base_url: str, order_id: UUID, kind: str) -> str:
    """The address of the QR code of an order's payment link; `kind` is svg or png."""
    return f"{base_url}{QR_FOLDER}{order_id}.{kind}"


def final_link(base_url: str, merchant_login: str, order_id: UUID, language: str) -> str:
    """The gateway's own result page, for a shop without a usable address, or by its setting."""
    folder = f"{base_url}/payment/merchants/{quote(merchant_login, safe='')}"
    return f"{folder}/finish.html?orderId={order_id}&lang={language}"


def requested_language(order: Order, merchant: Merchant, shown: str) -> str:
    """The language for an address: what the shop asked for, where `shown` stands in for it because
    it has no texts; `shown` where the payer has changed the language of the page."""
    requested = order.request.language
    stands_in = text_language(requested, merchant.settings.default_language) == shown
    return requested if stands_in else shown


def back_link(
    order: Order, merchant: Merchant, *, base_url: str, succeeded: bool, language: str
) -> str:
    """Where the payer goes after the payment, with `orderId` and `lang` appended.

    After a failure the payer goes to failUrl, else to returnUrl. `language` is that of the page.
    """
    settings, request = merchant.settings, order.request
    language = requested_language(order, merchant, language)
    url = request.return_url if succeeded else request.fail_url or request.return_url
    if settings.show_final_page or not url:
        return final_link(base_url, merchant.login, order.order_id, language)
    query = urlencode({"orderId": str(order.order_id), "lang": language})
    address = ascii_address(absolute_address(url, base_url))
    return with_return_query(address, query, before_fragment=settings.return_query_before_fragment)


def has_scheme(url: str) -> bool:
    """Whether an address that a shop gave begins with a scheme, such as https: or its app's own."""
    return _SCHEME.match(url) is not None


def absolute_address(url: str, base_url: str) -> str:
    """The whole address; one without a scheme is at the gateway itself, as the reference says.

    Source: 004 (returnUrl).
    """
    return url if has_scheme(url) else f"{base_url}/{url.lstrip('/')}"
