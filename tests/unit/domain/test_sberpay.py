"""The link into the bank's app, and the way back from it."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from altyn.domain.sberpay import BankResult, app_link, filled_back_url

ORDER = UUID("01a20052-daf3-8000-819c-61e943bd6253")


def test_link_has_the_way_back() -> None:
    back = "https://shop.example/paid?a=1&s=@{BankResultState}#top"
    link = app_link(ORDER, from_page=True, back_url=back)
    assert urlsplit(link).scheme == "sberpay"
    assert parse_qs(urlsplit(link).query) == {
        "bankInvoiceId": ["01a20052daf38000819c61e943bd6253"],
        "operationType": ["Web2App"],
        "backUrl": [back],
    }


def test_link_of_a_qr_code_is_as_short_as_it_can_be() -> None:
    assert app_link(ORDER, from_page=True) == (
        "sberpay://invoicing/v2?bankInvoiceId=01a20052daf38000819c61e943bd6253"
        "&operationType=Web2App"
    )


def test_result_is_put_where_the_shop_wants_it() -> None:
    address = "shop://paid/@{BankResultState}?again=@{BankResultState}"
    assert filled_back_url(address, BankResult.CANCEL) == "shop://paid/cancel?again=cancel"
    assert filled_back_url("shop://paid", BankResult.SUCCESS) == "shop://paid"
