"""The account's page of reports in a browser: asked for, watched until it is ready, downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.csv_table import read_csv
from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.test_account_main_page import DAY_SECONDS, log_in
from tests.e2e.test_account_orders import log_in as log_in_operator
from tests.e2e.web_rules import check_web_page
from tests.shop import card_fields
from tests.xlsx import read_xlsx

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def trading(gateway: Served) -> Served:
    """A shop that has sold and refunded yesterday."""
    order = gateway.register(orderNumber="report-1")
    gateway.call("paymentorder.do", **card_fields(order.order_id))
    gateway.call("refund.do", orderId=order.order_id, amount=1000)
    gateway.wait(DAY_SECONDS)
    return gateway


@pytest.mark.parametrize("language", ["ru", "en"])
def test_accountant_builds_and_opens_a_report(
    trading: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    log_in(page, trading, language)
    page.goto(f"{trading.url}/mportal3/reports")
    if language == "ru":
        check_web_page(page, "account-reports-empty", language, screenshot)
    page.locator("main form .button-main").click()
    expect(page.get_by_role("status").first).to_be_visible()
    link = page.locator("#reports tbody tr").first.locator("a[download]")
    expect(link).to_be_visible()  # the list renews itself
    with page.expect_download() as download:
        link.click()
    path = download.value.path()
    assert download.value.suggested_filename.startswith("operations_")
    titles, *rows = read_xlsx(Path(path).read_bytes())
    assert titles[0] == ("Операционный день" if language == "ru" else "Business day")
    numbers = [row[2] for row in rows]
    assert numbers.count("report-1") == 3  # hold, deposit, refund
    check_web_page(page, "account-reports", language, screenshot)


def test_operator_exports_the_orders_of_a_filter(trading: Served, page: Page) -> None:
    orders = {
        trading.register(orderNumber=f"export-{n}", amount=100_050 + n).order_id: f"export-{n}"
        for n in range(3)
    }
    trading.register(orderNumber="not-in-the-file")
    log_in_operator(trading, page, "en")
    for kind, button in (("xlsx", "Build XLSX"), ("csv", "Build CSV")):
        page.goto(f"{trading.url}/mportal3/orders?number=export-%25")
        page.get_by_role("button", name=button).click()
        newest = page.locator("#reports tbody tr").first
        link = newest.locator("a[download]", has_text=kind.upper())
        expect(link).to_be_visible()
        with page.expect_download() as download:
            link.click()
        body = Path(download.value.path()).read_bytes()
        titles, *rows = read_xlsx(body) if kind == "xlsx" else read_csv(body)
        column = {name: titles.index(name) for name in ("Order id", "Order number", "Amount")}
        assert {row[column["Order id"]]: row[column["Order number"]] for row in rows} == orders
        for row in rows:
            status = trading.call("getOrderStatus.do", orderId=row[column["Order id"]])
            assert round(float(str(row[column["Amount"]])) * 100) == status["Amount"]


def test_report_is_built_without_scripts(
    trading: Served, plain: Page, screenshot: Screenshot
) -> None:
    log_in(plain, trading, "en")
    plain.goto(f"{trading.url}/mportal3/reports")
    plain.get_by_label("Refunds").check()
    plain.get_by_label("Format").select_option("csv")
    plain.get_by_role("button", name="Build the report").click()
    for _ in range(60):
        plain.goto(f"{trading.url}/mportal3/reports")
        if plain.locator("#reports tbody tr").first.locator("a[download]").count():
            break
        plain.wait_for_timeout(250)
    with plain.expect_download() as download:
        plain.locator("#reports tbody tr").first.locator("a[download]").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert "report-1" in text
    plain.locator("#first").fill("2026-01-02")
    plain.locator("#last").fill("2026-01-01")
    plain.get_by_role("button", name="Build the report").click()
    expect(plain.get_by_role("alert")).to_contain_text("swap the dates")
    screenshot(plain, "account-reports-refused")
