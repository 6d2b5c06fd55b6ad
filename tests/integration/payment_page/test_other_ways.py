"""Other ways to pay on the page: it offers them, begins them, and shows what the payer has to do.

The way is registered by the test: its payer types a code.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette

from altyn.domain.refusals import Refusal
from altyn.domain.waiting import EnterCode
from altyn.inbound.http.request_reader import Limits
from altyn.inbound.payment_page.endpoint import routes
from altyn.inbound.payment_page.sberpay.tile import SBERPAY_TILE
from altyn.inbound.payment_page.tiles import WayTile
from altyn.operations.connector import ConnectorResponse, Outcome
from altyn.operations.decisions import Refused
from altyn.operations.paying.ways import PaymentWays, WayToPay
from tests.asgi_client import AsgiClient
from tests.integration.payment_page.page_client import RETURN_URL, PageClient, typed

if TYPE_CHECKING:
    from altyn.operations.connector import Payment

WAY = "MTS"
TOO_MUCH = Refused(Refusal.AMOUNT_INVALID, "less than 1000000 minor units")
ENTER_CODE = "Введите код, который вам прислали."


@dataclass
class CodeConnector:
    """Approves a payment as soon as the payer has typed a code; it keeps the codes."""

    codes: list[object] = field(default_factory=list)

    async def begin(self, _: Payment, details: object | None) -> ConnectorResponse:
        if not details:
            return ConnectorResponse(
                outcome=Outcome.PENDING, waiting=EnterCode(phone="79000000000")
            )
        self.codes.append(details)
        return ConnectorResponse(outcome=Outcome.APPROVED, rrn="1", approval_code="2")

    async def inquire(self, _: Payment) -> ConnectorResponse:
        return ConnectorResponse(outcome=Outcome.PENDING)

    cancel = deposit = reverse = refund = inquire


@pytest.fixture
def connector() -> CodeConnector:
    return CodeConnector()


@pytest.fixture
def offering(client: PageClient, connector: CodeConnector) -> PageClient:
    """The client of a page whose gateway has another way to pay."""
    way = WayToPay(
        name=WAY,
        connector=connector,
        read_details=lambda fields: fields.get("code", ""),
        refuse=lambda order, _: None if order.amount_minor < 1_000_000 else TOO_MUCH,
    )
    world = client.shop.gateway.world
    sberpay = world.ways.find("SBRF_SBOL")
    assert sberpay is not None
    world = replace(world, ways=PaymentWays((way, sberpay)))
    with_way = routes(
        world,
        sandbox=True,
        templates_folder=None,
        public_url=None,
        limits=Limits(body_bytes=100_000),
        tiles={WAY: WayTile(titles={"ru": "Со счёта телефона"}), "SBRF_SBOL": SBERPAY_TILE},
    )
    return replace(client, http=AsgiClient(Starlette(routes=with_way)))


async def test_the_page_offers_the_ways_that_the_order_allows(
    client: PageClient, offering: PageClient
) -> None:
    order_id, large = await client.register(), await client.register(amount="2000000")
    button = f'name="paymentWay" value="{WAY}"'
    assert button in (await offering.open(order_id)).text
    assert (await offering.session(order_id))["otherWayEnabled"] is True
    for page_client, each in ((offering, large), (client, order_id)):
        assert button not in (await page_client.open(each)).text
    hidden = await client.register(amount="2000000", jsonParams='{"sberpayHide":"true"}')
    assert (await offering.session(hidden))["otherWayEnabled"] is False


async def test_a_payment_that_waits_for_a_code_gets_it_from_the_form(
    client: PageClient, offering: PageClient, connector: CodeConnector
) -> None:
    order_id = await client.register()
    begun = await offering.call("processform.do", {"MDORDER": order_id, "paymentWay": WAY})
    assert (begun.json()["waiting"], begun.json()["errorCode"]) == (True, 0)
    assert ENTER_CODE in (await offering.open(order_id)).text
    assert (await offering.pay(order_id))["waiting"], "a card cannot pay at the same time"
    answer = await offering.call(
        "processform.do", {"MDORDER": order_id, "paymentWay": WAY, "code": "1234"}
    )
    assert answer.json()["redirect"] == f"{RETURN_URL}?orderId={order_id}&lang=ru"
    assert connector.codes == ["1234"]


async def test_another_way_is_paid_without_scripts(
    client: PageClient, offering: PageClient, connector: CodeConnector
) -> None:
    """The browser posts the fields of the card too; they are not given to the other way."""
    order_id = await client.register()
    waiting = await offering.fill(order_id, {**typed(), "paymentWay": WAY})
    assert (waiting.status, waiting.location) == (303, f"payment_ru.html?mdOrder={order_id}")
    assert ENTER_CODE in (await offering.open(order_id)).text
    paid = await offering.fill(order_id, {"paymentWay": WAY, "code": "1234"})
    assert paid.location == f"{RETURN_URL}?orderId={order_id}&lang=ru"
    assert connector.codes == ["1234"]


async def test_a_way_that_the_order_does_not_allow_is_refused(
    client: PageClient, offering: PageClient
) -> None:
    order_id = await client.register(amount="2000000")
    answer = await offering.call("processform.do", {"MDORDER": order_id, "paymentWay": WAY})
    members = answer.json()
    assert (members["errorCode"], members["errorMessage"]) == (5, "[paymentWay] неверен")
    assert (members["advice"], "redirect" in members) == ("Выберите другой способ оплаты.", False)
    page = await offering.fill(order_id, {"paymentWay": WAY})
    assert members["error"] in page.text
    assert "$PAN" in page.text, "the card can pay it, on the page that is open"


async def test_order_that_takes_no_card_shows_the_tiles_alone(
    client: PageClient, offering: PageClient
) -> None:
    """Two ways are left: the payer chooses one; the other way's page leads back to the choice."""
    order_id = await client.register(allowedPaymentWays=f"{WAY},SBRF_SBOL")
    page = (await offering.open(order_id)).text
    assert "Выберите, как заплатить" in page
    assert f'name="paymentWay" value="{WAY}"' in page
    assert "paymentWay=SBRF_SBOL" in page
    assert "$PAN" not in page
    assert "или картой" not in page
    query = {"mdOrder": order_id, "paymentWay": "SBRF_SBOL"}
    step = await offering.http.get("/payment/merchants/test/payment_ru.html", query)
    assert "Выбрать другой способ" in step.text
    waiting = await offering.fill(order_id, {"paymentWay": WAY})
    assert waiting.status == 303
    assert ENTER_CODE in (await offering.open(order_id)).text


async def test_way_without_a_step_opens_no_page_of_its_own(
    client: PageClient, offering: PageClient
) -> None:
    order_id = await client.register(allowedPaymentWays=f"{WAY},SBRF_SBOL")
    query = {"mdOrder": order_id, "sberpayHide": "true"}
    page = (await offering.http.get("/payment/merchants/test/payment_ru.html", query)).text
    assert f'name="paymentWay" value="{WAY}"' in page
    assert "$PAN" not in page
