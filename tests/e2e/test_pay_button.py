"""The pay button on a page of another origin, in Chromium."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.test_account_invoices import pay
from tests.e2e.web_rules import axe_faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOP_PAGE = """<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="{base}/assets/css/modal.css">
<script src="{base}/assets/js/ipay.js"></script>
{modal}
<main><h1>A shop</h1><button id="pay">Pay</button><pre id="result"></pre></main>
<script>
  const report = (word) => (order) => {{
    document.getElementById("result").textContent = word + " " + JSON.stringify(order);
  }};
  new IPAY({{ api_token: "{token}" }});
  document.getElementById("pay").onclick = () =>
    ipayCheckout({options}, report("success"), report("fail"));
</script>"""
FULL = '{amount: 499.99, currency: "RUB", order_number: "", description: "<i>Tea</i>"}'


@contextmanager
def shop_page(
    gateway: Served, options: str, *, token: str = "test-token", modal: bool = True
) -> Iterator[str]:
    """A page of a shop on a port of its own, so of another origin than the gateway."""
    base = f"{gateway.url}/demopayment/docsite"
    script = f'<script src="{base}/assets/js/ipay-modal.js"></script>' if modal else ""
    html = SHOP_PAGE.format(base=base, modal=script, token=token, options=options).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("modal", [True, False])
def test_button_opens_the_payment_and_reports_success(
    gateway: Served, page: Page, screenshot: Screenshot, *, modal: bool
) -> None:
    with shop_page(gateway, FULL, modal=modal) as address:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        with page.context.expect_page() as opened:
            page.locator("#pay").click()
        payer = opened.value
        payer.wait_for_url(re.compile("mdOrder="))
        expect(page.locator("dialog.altyn-ipay")).to_contain_text("<i>Tea</i>")
        expect(page.get_by_role("status")).to_contain_text("open in another window")
        assert axe_faults(page) == []
        screenshot(page, "pay-button-waiting-en-desktop")
        pay(payer)
        expect(page.locator("#result")).to_contain_text("success")
        expect(page.locator("#result")).to_contain_text('"status":"paid"')
        expect(page.locator("#result")).to_contain_text('"amount":"499.99"')
        expect(page.locator("dialog.altyn-ipay")).to_have_count(0)
        assert payer.is_closed() or payer.wait_for_event("close") is not None


def test_closed_window_reports_failure(gateway: Served, page: Page) -> None:
    with shop_page(gateway, FULL) as address:
        page.goto(address)
        with page.context.expect_page() as opened:
            page.locator("#pay").click()
        opened.value.wait_for_url(re.compile("mdOrder="))
        opened.value.close()
        expect(page.locator("#result")).to_contain_text("fail")
        expect(page.locator("#result")).to_contain_text('"status":"waiting"')


def test_buyer_types_the_amount(gateway: Served, page: Page, screenshot: Screenshot) -> None:
    with shop_page(gateway, "{}") as address:
        page.goto(address)
        page.locator("#pay").click()
        screenshot(page, "pay-button-amount-en-desktop")
        assert axe_faults(page) == []
        page.get_by_label("Amount in roubles").fill("many")
        page.get_by_role("button", name="Go to the payment").click()
        expect(page.get_by_role("status")).to_contain_text("Type an amount above zero")
        page.get_by_label("Amount in roubles").fill("10,50")
        with page.context.expect_page() as opened:
            page.get_by_role("button", name="Go to the payment").click()
        opened.value.wait_for_url(re.compile("mdOrder="))
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator("#result")).to_contain_text("fail")
        expect(page.locator("#result")).to_contain_text('"amount":"10.50"')


def test_message_of_another_window_is_not_believed(gateway: Served, page: Page) -> None:
    with shop_page(gateway, FULL) as address:
        page.goto(address)
        with page.context.expect_page() as opened:
            page.locator("#pay").click()
        opened.value.wait_for_url(re.compile("mdOrder=(.+)"))
        order_id = re.search("mdOrder=([0-9a-f-]+)", opened.value.url)
        assert order_id is not None
        forged = {"type": "altyn-ipay", "orderId": order_id[1]}
        page.evaluate("(message) => window.postMessage(message, '*')", forged)
        page.wait_for_timeout(500)
        expect(page.locator("dialog.altyn-ipay")).to_be_visible()
        expect(page.locator("#result")).to_be_empty()


def test_refused_order_is_explained(gateway: Served, page: Page) -> None:
    with shop_page(gateway, FULL.replace('"RUB"', '"USD"')) as address:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        with page.context.expect_page():
            page.locator("#pay").click()
        expect(page.get_by_role("status")).to_contain_text("roubles")
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator("#result")).to_contain_text("fail")
        assert not errors
