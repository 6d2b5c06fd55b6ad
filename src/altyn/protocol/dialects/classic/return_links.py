"""Where a payer is sent: the payment page, and back to the shop.

Source: rest-orders.md §2.1, §2.2; payment-page.md §1, §5.
"""

import re
from typing import Final
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from altyn.domain.merchant import Merchant
from altyn.domain.order import Order

# `test.ru:8443/ok` is a host with a port, and has no scheme.
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?![0-9])")
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


def final_link(base_url: str, merchant_login: str, order_id: UUID, language: str) -> str:
    """The gateway's own result page, for a shop without a usable address, or by its setting."""
    folder = f"{base_url}/payment/merchants/{quote(merchant_login, safe='')}"
    return f"{folder}/finish.html?orderId={order_id}&lang={language}"


def back_link(
    order: Order, merchant: Merchant, *, base_url: str, succeeded: bool, language: str
) -> str:
    """Where the payer goes after the payment, with `orderId` and `lang` appended.

    After a failure the payer goes to failUrl, else to returnUrl. An address without a scheme leads
    to the gateway's own host, as the reference says, so that the shop sees its mistake.
    """
    if merchant.settings.show_final_page:
        return final_link(base_url, merchant.login, order.order_id, language)
    request = order.request
    url = request.return_url if succeeded else request.fail_url or request.return_url
    if not url:
        return final_link(base_url, merchant.login, order.order_id, language)
    if not _SCHEME.match(url):
        url = f"http://{urlsplit(base_url).netloc}/{url}"
    address, hash_, fragment = url.partition("#")
    glue = "&" if "?" in address else "?"
    if address.endswith(("?", "&")):
        glue = ""
    query = urlencode({"orderId": str(order.order_id), "lang": language})
    return f"{address}{glue}{query}{hash_}{fragment}"
