"""The list of orders: every filter, pages without a gap, a bound on the work of one page."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import pytest

from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.money import CURRENCIES
from altyn.domain.order import AttemptState, Order
from altyn.domain.order_id import new_order_id
from altyn.operations.decisions import accept
from altyn.operations.order_history import OrderLine
from altyn.operations.order_list import IssuerFilter, OrderDate, OrderFilter
from altyn.operations.paging import ListPage, Place
from altyn.operations.ports import Actor
from altyn.storage.database import Pool
from altyn.storage.order_list import OrderListStore
from altyn.storage.orders import OrderStore
from tests.builders import a_card, an_attempt, an_order

START: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
WHO: Final = Actor(name="test-api")
SHOPS: Final = (1, 2)


async def add_shops(pool: Pool) -> None:
    await pool.execute(
        "INSERT INTO merchants (merchant_id, login, name, created_at)"
        " SELECT n, 'shop' || n, 'Shop', now() FROM unnest($1::integer[]) AS n",
        list(SHOPS),
    )


def some_orders(count: int) -> list[Order]:
    """Orders of two shops with equal times among them, and every value that a filter asks for."""
    choose = random.Random(7)
    orders = []
    for number in range(count):
        at = START + timedelta(minutes=number // 3)
        merchant_id = choose.choice(SHOPS)
        paid = choose.random() < 0.6
        begin, end = choose.choice(["411111", "555555"]), choose.choice(["1111", "2222"])
        attempt = an_attempt(
            state=AttemptState.APPROVED if paid else AttemptState.DECLINED,
            started_at=at,
            payment_way=choose.choice(["CARD", "SBRF_SBOL"]),
            card=a_card(
                masked_pan=f"{begin}**{end}",
                holder=choose.choice(["IVAN PETROV", "Anna Petrova", ""]),
            ),
            approval_code=choose.choice(["12A456", "654321"]) if paid else None,
        )
        order = an_order(
            merchant_id=merchant_id,
            order_id=new_order_id(at, merchant_id),
            order_number=f"{choose.choice(['A_', 'B%', 'AB'])}{number}",
            status=choose.choice([OrderStatus.DEPOSITED, OrderStatus.REFUNDED])
            if paid
            else OrderStatus.DECLINED,
            amount_minor=choose.choice([100_00, 200_00]),
            approved_minor=100_00 if paid else 0,
            deposited_minor=100_00 if paid else 0,
            action_code=0 if paid else 116,
            created_at=at,
            approved_at=at + timedelta(hours=1) if paid else None,
            attempts=(attempt,),
        )
        request = replace(order.request, email=choose.choice(["Anna@example.org", None]))
        orders.append(replace(order, request=request))
    return orders


async def save(pool: Pool, orders: Sequence[Order]) -> None:
    store = OrderStore(pool)
    for order in orders:
        bare = an_order(
            **{
                name: getattr(order, name)
                for name in ("merchant_id", "order_id", "order_number", "amount_minor")
            },
            created_at=order.created_at,
            request=order.request,
        )
        assert await store.register(bare, WHO)
        changes = {
            name: getattr(order, name)
            for name in ("approved_minor", "deposited_minor", "action_code", "approved_at")
        }
        decided = accept(
            replace(bare, status=order.status),
            HistoryEvent.PAYMENT_ASKED,
            order.created_at,
            attempt=order.attempts[0],
            **changes,
        )
        assert await store.save(decided, expected_version=1, actor=WHO)


async def all_pages(
    lists: OrderListStore, wanted: OrderFilter, size: int
) -> list[ListPage[OrderLine]]:
    pages: list[ListPage[OrderLine]] = []
    before: Place | None = None
    while not pages or before is not None:
        pages.append(await lists.page(wanted, before=before, size=size))
        before = pages[-1].older
    return pages


def expected(orders: Sequence[Order], wanted: OrderFilter) -> list[str]:
    """The order numbers that the filter wants, newest first, by the definition of each filter."""
    found = [order for order in orders if is_wanted(order, wanted)]
    found.sort(key=lambda order: (order.created_at, order.order_id), reverse=True)
    return [order.order_number for order in found]


def amount_of(order: Order) -> Decimal:
    """The amount in whole units of the order's currency."""
    return Decimal(order.amount_minor).scaleb(-CURRENCIES[order.currency].exponent)


def is_wanted(order: Order, wanted: OrderFilter) -> bool:
    dated = {OrderDate.CREATED: order.created_at, OrderDate.PAID: order.approved_at}[wanted.date]
    attempt = order.attempts[0]
    assert attempt.card is not None
    pieces = wanted.order_number.split("%")
    return all(
        (
            order.merchant_id in wanted.merchant_ids,
            wanted.since is None or (dated is not None and dated >= wanted.since),
            wanted.until is None or (dated is not None and dated < wanted.until),
            not wanted.statuses or order.status in wanted.statuses,
            wanted.order_id in {None, order.order_id},
            not wanted.order_number
            or order.order_number == wanted.order_number
            or (len(pieces) > 1 and order.order_number.startswith(pieces[0])),
            wanted.amount_from is None or amount_of(order) >= wanted.amount_from,
            wanted.amount_to is None or amount_of(order) <= wanted.amount_to,
            wanted.currency in {"", order.currency},
            wanted.action_code in {None, order.action_code},
            attempt.card.masked_pan.endswith(wanted.card_end),
            wanted.issuer is None
            or (attempt.card.masked_pan[:6] in wanted.issuer.bins) != wanted.issuer.excluded,
            wanted.cardholder.lower() in (attempt.card.holder or "").lower(),
            wanted.approval_code.upper() in {"", attempt.approval_code},
            wanted.payment_way in {"", attempt.payment_way},
            wanted.email.lower() in {"", (order.request.email or "").lower()},
        )
    )


async def test_amounts_are_compared_in_the_currency_of_each_order(pool: Pool) -> None:
    await add_shops(pool)
    # 1500 yen, 1500 roubles, 1500 dinars, 1500 units of four digits; each minus one minor unit
    amounts = {"392": 1_500, "643": 1_500_00, "414": 1_500_000, "990": 15_000_000}
    orders = [
        an_order(
            merchant_id=1,
            order_id=new_order_id(START, 1),
            order_number=f"{currency}-{less}",
            currency=currency,
            amount_minor=minor - less,
        )
        for currency, minor in amounts.items()
        for less in (0, 1)
    ]
    assert all([await OrderStore(pool).register(order, WHO) for order in orders])
    lists = OrderListStore(pool)
    above = await lists.page(OrderFilter(merchant_ids=(1,), amount_from=Decimal(1500)))
    assert {line.order_number for line in above.lines} == {f"{each}-0" for each in amounts}
    below = await lists.page(OrderFilter(merchant_ids=(1,), amount_to=Decimal("1499.9995")))
    assert {line.order_number for line in below.lines} == {"392-1", "643-1", "414-1"}
    exact = Decimal("1499.999")
    dinars = await lists.page(OrderFilter(merchant_ids=(1,), amount_from=exact, amount_to=exact))
    assert [line.order_number for line in dinars.lines] == ["414-1"]


BOTH: Final = OrderFilter(merchant_ids=SHOPS)


async def test_every_filter_and_every_page_size_give_the_same_list(pool: Pool) -> None:
    await add_shops(pool)
    orders = some_orders(40)
    await save(pool, orders)
    lists = OrderListStore(pool)
    one = next(each for each in orders[7:] if "%" not in each.order_number)
    for wanted in (
        BOTH,
        OrderFilter(merchant_ids=(2,)),
        replace(BOTH, since=START + timedelta(minutes=3), until=START + timedelta(minutes=8)),
        replace(BOTH, date=OrderDate.PAID, since=START + timedelta(minutes=63)),
        replace(BOTH, date=OrderDate.PAID, until=START + timedelta(minutes=66)),
        replace(BOTH, statuses=(OrderStatus.REFUNDED, OrderStatus.DECLINED)),
        replace(BOTH, order_number="A_%"),
        replace(BOTH, order_number=one.order_number),
        replace(BOTH, order_number=one.order_number, amount_to=Decimal("0.01")),
        replace(BOTH, order_id=one.order_id),
        replace(BOTH, order_number="nobody"),
        replace(BOTH, amount_from=Decimal(150)),
        replace(BOTH, amount_to=Decimal(150), currency="643", action_code=116),
        replace(BOTH, currency="840"),
        replace(BOTH, card_end="2222"),
        replace(BOTH, issuer=IssuerFilter(("555555", "220000"))),
        replace(BOTH, issuer=IssuerFilter(("555555", "220000"), excluded=True), card_end="1111"),
        replace(BOTH, cardholder="petrova"),
        replace(BOTH, cardholder="PETROV", approval_code="12a456"),
        replace(BOTH, cardholder="%"),
        replace(BOTH, payment_way="SBRF_SBOL", email="anna@EXAMPLE.org"),
    ):
        for size in (1, 7, 100):
            pages = await all_pages(lists, wanted, size)
            numbers = [line.order_number for page in pages for line in page.lines]
            assert numbers == expected(orders, wanted), (wanted, size)
            assert all(len(page.lines) <= size for page in pages)


async def test_a_rare_order_is_found_by_pages_of_bounded_work(pool: Pool) -> None:
    await add_shops(pool)
    orders = some_orders(40)
    await save(pool, orders)
    lists = OrderListStore(pool, looked_through=5)
    rare = OrderFilter(merchant_ids=SHOPS, statuses=(OrderStatus.REFUNDED,), card_end="2222")
    pages = await all_pages(lists, rare, 50)
    assert [line.order_number for page in pages for line in page.lines] == expected(orders, rare)
    assert all(page.reached for page in pages[:-1])
    assert not pages[-1].reached


@pytest.mark.parametrize("number", ["50%", "a_b", "c\\d"])
async def test_characters_of_a_pattern_are_themselves(pool: Pool, number: str) -> None:
    await add_shops(pool)
    await save(pool, [replace(some_orders(1)[0], order_number=number)])
    lists = OrderListStore(pool)
    for wanted, count in ((f"{number[0]}%", 1), (number.replace("_", "x"), int("_" not in number))):
        found = await lists.page(replace(BOTH, order_number=wanted))
        assert len(found.lines) == count, wanted
