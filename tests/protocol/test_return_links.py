"""Where a payer is sent back to, for every kind of address that a shop may have given.

Source: rest-orders.md §2.1 (returnUrl, failUrl); 004 (returnUrl).
"""

import pytest

from altyn.domain.order import OrderRequest
from altyn.protocol.dialects.classic.return_links import back_link
from tests.builders import ORDER_ID, a_merchant, an_order

END = f"orderId={ORDER_ID}&lang=en"
GATEWAY = "https://gw.example:8443"


def back(
    return_url: str,
    *,
    fail_url: str | None = None,
    succeeded: bool = True,
    language: str = "en",
    base_url: str = GATEWAY,
    asked: str = "ru",
    **settings: object,
) -> str:
    request = OrderRequest(return_url=return_url, fail_url=fail_url, language=asked)
    return back_link(
        an_order(request=request),
        a_merchant(**settings),
        base_url=base_url,
        succeeded=succeeded,
        language=language,
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://test.ru", f"https://test.ru?{END}"),
        ("https://test.ru/ok?", f"https://test.ru/ok?{END}"),
        ("https://test.ru/ok?a=1", f"https://test.ru/ok?a=1&{END}"),
        ("https://test.ru/ok?a=1&", f"https://test.ru/ok?a=1&{END}"),
        ("myshop-app://paid", f"myshop-app://paid?{END}"),
        # Behind the fragment, where a shop with hash routes reads it.
        ("http://h/#ok", f"http://h/#ok?{END}"),
        ("http://h/#/ok?a=1", f"http://h/#/ok?a=1&{END}"),
        ("http://h/?b=2#/ok?a=1", f"http://h/?b=2#/ok?a=1&{END}"),
        ("http://h/#", f"http://h/#?{END}"),
    ],
)
def test_a_payer_returns_with_the_orders_id(url: str, address: str) -> None:
    assert back(url) == address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://test.ru/ok#top", f"https://test.ru/ok?{END}#top"),
        ("http://h/?b=2#/ok?a=1", f"http://h/?b=2&{END}#/ok?a=1"),
    ],
)
def test_a_shop_may_have_the_query_before_the_fragment(url: str, address: str) -> None:
    assert back(url, return_query_before_fragment=True) == address


# Without a scheme the address is the gateway's own, with one slash between them (004).
@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("test.ru", f"{GATEWAY}/test.ru?{END}"),
        ("test.ru:8080/ok", f"{GATEWAY}/test.ru:8080/ok?{END}"),
        ("localhost:3000", f"{GATEWAY}/localhost:3000?{END}"),
        ("/thanks", f"{GATEWAY}/thanks?{END}"),
        ("//evil.example/ok", f"{GATEWAY}/evil.example/ok?{END}"),
        ("./thanks", f"{GATEWAY}/./thanks?{END}"),
        ("thanks", f"{GATEWAY}/thanks?{END}"),
        ("спасибо", f"{GATEWAY}/%D1%81%D0%BF%D0%B0%D1%81%D0%B8%D0%B1%D0%BE?{END}"),
    ],
)
def test_address_without_a_scheme_is_the_gateways_own(url: str, address: str) -> None:
    assert back(url) == address
    assert back("https://test.ru", fail_url=url, succeeded=False) == address


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_address_without_a_scheme_has_the_scheme_of_the_gateway(scheme: str) -> None:
    assert (
        back("test.ru", base_url=f"{scheme}://gw.example") == f"{scheme}://gw.example/test.ru?{END}"
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.example/a b", f"https://a.example/a%20b?{END}"),
        ("https://a.example/a;b|c", f"https://a.example/a;b%7Cc?{END}"),
        ("https://a.example/?q=a b|c", f"https://a.example/?q=a%20b%7Cc&{END}"),
        ('https://a.example/"<x>\\', f"https://a.example/%22%3Cx%3E%5C?{END}"),
        ("https://a.example/%D0%B9?100%", f"https://a.example/%D0%B9?100%25&{END}"),
        (
            "https://кафе.рф/путь?я=1",
            f"https://xn--80akn5b.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C?%D1%8F=1&{END}",
        ),
        ("https://a.example/#/путь", f"https://a.example/#/%D0%BF%D1%83%D1%82%D1%8C?{END}"),
    ],
)
def test_an_address_is_encoded_when_the_payer_is_sent_there(url: str, address: str) -> None:
    assert back(url) == address


def test_failed_payer_is_sent_to_the_fail_url() -> None:
    assert back("https://test.ru/ok", fail_url="https://test.ru/no", succeeded=False) == (
        f"https://test.ru/no?{END}"
    )
    assert back("https://test.ru/ok", fail_url=None, succeeded=False) == f"https://test.ru/ok?{END}"


def test_missing_return_address_leads_to_the_gateways_page() -> None:
    assert back("").startswith(f"{GATEWAY}/payment/merchants/demo/finish.html?")


@pytest.mark.parametrize(
    ("asked", "default", "shown", "lang"),
    [
        ("fr", "ru", "ru", "fr"),
        ("fr", "en", "en", "fr"),
        ("fr", "ru", "en", "en"),  # the payer has changed the language of the page
        ("ru", "ru", "en", "en"),
        ("ru", "en", "ru", "ru"),
    ],
)
def test_the_shop_gets_back_the_language_that_it_asked_for(
    asked: str, default: str, shown: str, lang: str
) -> None:
    address = back("https://a.example", asked=asked, language=shown, default_language=default)
    assert address.endswith(f"&lang={lang}")
