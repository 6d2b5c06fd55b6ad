"""Own payment pages of a shop in a browser: upload, findings, preview, make active, pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest
from playwright.sync_api import FilePayload, Page, expect

from altyn.inbound.page_sets.allowed import ALLOWED, is_allowed
from altyn.inbound.page_sets.preview import preview_page
from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.test_account_settings import log_in
from tests.e2e.web_rules import check_web_page
from tests.page_sets import CHECKED_SET, PAYMENT, SCRIPTED_SET, packed
from tests.shop import GOOD
from tests.unit.inbound.page_sets.test_check import HOSTILE_MARKUP

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NODES: Final = """(html) => {
  const nodes = new DOMParser().parseFromString(html, "text/html").querySelectorAll("*");
  const names = (each) => [...each.attributes].map((own) => own.name);
  return [...nodes].map((each) => [each.localName, each.namespaceURI, names(each)]);
}"""


def upload(page: Page, address: str, files: Mapping[str, str | bytes]) -> None:
    """Choose an archive and send the form of the upload."""
    page.goto(address)
    archive = FilePayload(name="set.zip", mimeType="application/zip", buffer=packed(files))
    page.locator("#file").set_input_files(archive)
    page.locator("main form .button-main").click()


def pay_on_own_page(page: Page, form_url: str) -> None:
    page.goto(form_url)
    expect(page.locator("h1.own")).to_have_css("color", "rgb(0, 128, 128)")
    expect(page.locator("[data-order=amount]")).to_contain_text("500")
    expect(page.locator("img")).to_have_js_property("naturalWidth", 48)
    page.locator("#pan").fill(GOOD)
    page.locator("#until").fill("12/35")
    page.locator("#cvc").fill("123")
    page.locator("#who").fill("A B")
    page.get_by_role("button").click()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_shop_uploads_looks_and_makes_active_and_a_payer_pays(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    sets = f"{log_in(gateway, page, language)}/page/sets"
    page.goto(f"{sets.removesuffix('/sets')}")
    page.locator("a[href$='/page/sets']").click()
    check_web_page(page, "page-sets-empty", language, screenshot)

    wrong = {**CHECKED_SET, "payment_ru.html": PAYMENT.replace("images/", "img/"), "a.exe": b"MZ"}
    upload(page, sets, wrong)
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.locator("main table").first).to_contain_text("payment_ru.html")
    check_web_page(page, "page-sets-refused", language, screenshot)

    upload(page, sets, CHECKED_SET)
    expect(page.get_by_role("status").first).to_be_visible()
    own = page.url.partition("?")[0]
    frame = page.frame_locator("iframe.preview")
    expect(frame.locator("h1.own")).to_have_css("color", "rgb(0, 128, 128)")
    expect(frame.locator("[data-order=amount]")).to_contain_text("500")
    expect(frame.locator("img")).to_have_js_property("naturalWidth", 48)
    check_web_page(page, "page-set-ready", language, screenshot)
    page.goto(f"{own}?page=mobile_payment_ru.html&size=phone")
    expect(page.locator("iframe.preview")).to_have_css("max-width", "360px")
    expect(frame.locator("h1.own")).to_be_visible()
    check_web_page(page, "page-set-phone", language, screenshot)

    page.locator("form[action$='/activate'] button").click()
    expect(page.get_by_role("status").first).to_be_visible()
    check_web_page(page, "page-set-active", language, screenshot)
    order = gateway.register(language=language)
    pay_on_own_page(page, order.form_url)
    page.wait_for_url(f"{gateway.shop_url}/**")
    assert gateway.status(order.order_id) == 2

    upload(page, sets, SCRIPTED_SET)
    expect(page.locator("#findings ~ table, .panel-title ~ table").first).to_contain_text("script")
    expect(frame.locator("h1.own")).to_be_visible()
    check_web_page(page, "page-set-waiting", language, screenshot)
    page.goto(sets)
    check_web_page(page, "page-sets", language, screenshot)
    page.locator("form[action$='/deactivate'] button").click()
    expect(page.get_by_role("status").first).to_be_visible()
    for _ in range(2):
        page.goto(sets)
        page.locator("main table a").first.click()
        page.locator("form[action$='/remove'] button").click()
    page.goto(gateway.register(language=language).form_url)
    expect(page.locator("form#payment")).to_be_visible()


def test_page_set_is_uploaded_and_paid_on_without_scripts(gateway: Served, plain: Page) -> None:
    sets = f"{log_in(gateway, plain, 'en')}/page/sets"
    upload(plain, sets, CHECKED_SET)
    plain.get_by_role("button", name="Make it active").click()
    expect(plain.get_by_role("status")).to_contain_text("The page set is active.")
    order = gateway.register(language="en")
    pay_on_own_page(plain, order.form_url)
    plain.wait_for_url(f"{gateway.shop_url}/**")
    plain.goto(sets)
    plain.get_by_role("button", name="Use the gateway's pages").click()
    plain.get_by_role("button", name="Remove the page set").click()


def test_preview_runs_no_script_of_a_set_that_waits(gateway: Served, page: Page) -> None:
    sets = f"{log_in(gateway, page, 'en')}/page/sets"
    upload(page, sets, SCRIPTED_SET)
    page.goto(f"{page.url.partition('?')[0]}/preview/payment_ru.html")
    expect(page).to_have_title("Shop & Co")
    assert page.evaluate("() => origin") == "null"
    page.goto(sets)
    page.locator("main table a").first.click()
    page.get_by_role("button", name="Remove the page set").click()


def test_chromium_finds_nothing_but_allowed_things_in_written_pages(page: Page) -> None:
    files = {path: c.encode() if isinstance(c, str) else c for path, c in CHECKED_SET.items()}
    for markup in HOSTILE_MARKUP:
        files["payment_ru.html"] = PAYMENT.replace("<img", f"{markup}<img").encode()
        html = preview_page("payment_ru.html", files, "Shop", "ru")
        for name, namespace, attributes in page.evaluate(NODES, html):
            assert namespace == "http://www.w3.org/1999/xhtml", markup
            assert name in ALLOWED, markup
            assert all(is_allowed(name, each) for each in attributes), (markup, attributes)
