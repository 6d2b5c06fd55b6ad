"""Where a payer is sent back to, for every kind of address that a shop may have given.

Source: rest-orders.md §2.1 (returnUrl, failUrl); 004 (returnUrl).
"""

import pytest

from altyn.domain.order import OrderRequest
from altyn.protocol.dialects.classic.return_links import back_link
from tests.builders import ORDER_ID, a_merchant, an_order

END = f"orderId={ORDER_ID}&lang=en"


def back(return_url: str, *, fail_url: str | None = None, succeeded: bool = True) -> str:
    order = an_order(request=OrderRequest(return_url=return_url, fail_url=fail_url))
    gateway = "https://gw.example:8443"
    return back_link(order, a_merchant(), base_url=gateway, succeeded=succeeded, language="en")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://test.ru", f"https://test.ru?{END}"),
        ("https://test.ru/ok?", f"https://test.ru/ok?{END}"),
        ("https://test.ru/ok?a=1", f"https://test.ru/ok?a=1&{END}"),
        ("https://test.ru/ok?a=1&", f"https://test.ru/ok?a=1&{END}"),
        ("https://test.ru/ok#top", f"https://test.ru/ok?{END}#top"),
        ("myshop-app://paid", f"myshop-app://paid?{END}"),
        # Without a scheme the payer is led to the gateway's own host, as the reference says.
        ("test.ru", f"http://gw.example:8443/test.ru?{END}"),
        ("test.ru:8080/ok", f"http://gw.example:8443/test.ru:8080/ok?{END}"),
        ("localhost:3000", f"http://gw.example:8443/localhost:3000?{END}"),
    ],
)
def test_a_payer_returns_with_the_orders_id(url: str, address: str) -> None:
    assert back(url) == address


def test_failed_payer_is_sent_to_the_fail_url() -> None:
    assert back("https://test.ru/ok", fail_url="https://test.ru/no", succeeded=False) == (
        f"https://test.ru/no?{END}"
    )
    assert back("https://test.ru/ok", fail_url=None, succeeded=False) == f"https://test.ru/ok?{END}"


def test_missing_return_address_leads_to_the_gateways_page() -> None:
    assert back("").startswith("https://gw.example:8443/payment/merchants/demo/finish.html?")
