"""Names of page files are read as shops write them, and other names are not accepted.

The content security policy of the headers is tested here too.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.order import OrderRequest
from altyn.inbound.payment_page.addresses import Kind, PageName, read_page_name, read_page_view
from altyn.inbound.payment_page.responses import SHOP_POLICY, policy_for
from altyn.inbound.payment_page.view import CONTENT_SECURITY_POLICY
from tests.builders import an_order

VIEWS = st.one_of(
    st.sampled_from(["DESKTOP", "MOBILE"]), st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True)
)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("payment_ru.html", PageName("DESKTOP", Kind.PAYMENT, "ru")),
        ("mobile_payment_en.html", PageName("MOBILE", Kind.PAYMENT, "en")),
        ("iphone_payment_ru.html", PageName("iphone", Kind.PAYMENT, "ru")),
        ("my_kiosk_payment_ru.html", PageName("my_kiosk", Kind.PAYMENT, "ru")),
        ("errors_ru.html", PageName("DESKTOP", Kind.ERRORS, "ru")),
        ("iphone_error_ru.html", PageName("iphone", Kind.ERRORS, "ru")),
        ("iphone_errors_ru.html", PageName("iphone", Kind.ERRORS, "ru")),
    ],
)
def test_names_of_pages(file: str, name: PageName) -> None:
    assert read_page_name(file) == name


@pytest.mark.parametrize(
    "file",
    [
        "",
        "payment.html",
        "payment_rus.html",
        "payment_RU.html",
        "_payment_ru.html",
        "../payment_ru.html",
        "a/payment_ru.html",
        "payment_ru.html.bak",
        f"{'x' * 21}_payment_ru.html",
        "payment_ru.html\n",
    ],
)
def test_other_names_are_not_accepted(file: str) -> None:
    assert read_page_name(file) is None


@given(
    view=VIEWS.filter(lambda view: view.lower() != "mobile"),
    kind=st.sampled_from(Kind),
    language=st.sampled_from(["ru", "en"]),
)
def test_a_written_name_is_read_back(view: str, kind: Kind, language: str) -> None:
    name = PageName(view, kind, language)
    if view.upper() != "DESKTOP":
        assert read_page_name(name.file) == name


@given(st.text(max_size=25))
def test_a_page_view_is_one_word_or_none(text: str) -> None:
    view = read_page_view(text)
    assert view is None or (view == text and "/" not in view and "." not in view)


@pytest.mark.parametrize("policy", [CONTENT_SECURITY_POLICY, SHOP_POLICY])
def test_the_policy_allows_no_script_or_call_of_another_host(policy: str) -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'self'"
    assert "http" not in rules["script-src"] + rules["style-src"] + rules["img-src"]
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe-eval" not in policy


def test_the_policy_names_the_orders_apps_and_the_known_acs_origins() -> None:
    request = OrderRequest(return_url="MyShop://paid", fail_url="https://shop.example/sorry")
    order = replace(an_order(), request=request)
    policy = policy_for(CONTENT_SECURITY_POLICY, order, ("https://acs.example",))
    assert "form-action https: http: myshop:;" in policy
    assert "frame-src 'self' https://acs.example;" in policy
    assert policy_for(CONTENT_SECURITY_POLICY, None, ()) == CONTENT_SECURITY_POLICY


def test_a_host_with_a_port_is_not_taken_for_an_app() -> None:
    order = replace(an_order(), request=OrderRequest(return_url="test.ru:8443/ok"))
    assert policy_for(CONTENT_SECURITY_POLICY, order, ()) == CONTENT_SECURITY_POLICY
