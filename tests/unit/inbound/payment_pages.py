"""Views of the payer's pages for tests: an ordinary order, a full one, and every page."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from altyn.domain.money import RUB, Money
from altyn.inbound.payment_page import view
from altyn.inbound.payment_page.cart_view import CartLine, CartView
from altyn.inbound.payment_page.frame import STATIC_PREFIX
from altyn.inbound.payment_page.view import (
    ErrorsPageView,
    FinishPageView,
    MethodPageView,
    NoSchemeView,
    OfferedWay,
    PaymentPageView,
    Problem,
    RedirectPageView,
    Result,
    TestCard,
    TestCardGroup,
    TypedValues,
    WaitingPageView,
)
from tests.page_tree import find_all, parse, values

NOW = datetime(2026, 11, 21, 15, 23, 18, tzinfo=UTC)
AMOUNT = Money(1_500_00, RUB)

TEST_CARDS = tuple(
    TestCard(pan, "12/28", "123", "банк отклоняет: недостаточно средств")
    for pan in ("4111111111111111", "5555555555555599", "639002000000000003", "2202205000012424")
)
TEST_CARD_GROUPS = tuple(
    TestCardGroup(key, TEST_CARDS) for key in ("test_pays", "test_asks", "test_declines")
)


def payment_view(**changes: object) -> PaymentPageView:
    """An ordinary order waiting to be paid, with changes."""
    ordinary = PaymentPageView(
        language="ru",
        merchant_login="test",
        shop_name="Чайная на Покровке",
        back_url="https://shop.example/cart",
        languages={"ru": "payment_ru.html?mdOrder=o", "en": "payment_en.html?mdOrder=o"},
        order_number="10042",
        order_id="0b5f2a34-6c1d-8e90-8f11-00aa22bb33cc",
        amount=AMOUNT,
        now=NOW,
        form_action="/payment/merchants/test/payment_ru.html?mdOrder=o",
        remaining_seconds=1122,
        expires_at=NOW + timedelta(seconds=1122),
        attempts_left=3,
    )
    return dataclasses.replace(ordinary, **changes)  # type: ignore[arg-type] # the caller names the fields


def full_view(**changes: object) -> PaymentPageView:
    """Everything a payment page can show at once, with changes."""
    return dataclasses.replace(
        payment_view(
            sandbox=True,
            test_cards=TEST_CARD_GROUPS,
            description="Чай «Тегуаньинь», 2 × 100 г",
            ways=(OfferedWay("SBP_C2B", "СБП"),),
            cart=cart_of(12),
            asks_contact=True,
            attempts_left=2,
            decline_text="Недостаточно средств.",
            advice="Заплатите другой картой.",
            field_errors={"$PAN": "Опечатка", "$CVC": "Введите код"},
            typed_values=TypedValues("IVAN", "12 / 28", "ivan@example.ru"),
        ),
        **changes,  # type: ignore[arg-type] # the caller names the fields
    )


def cart_of(count: int, **texts: str) -> CartView:
    """A cart with so many lines; `texts` are values of each of them."""
    name = "Чай чёрный байховый «Тегуаньинь», 200 г"
    line = CartLine(name, "2", "шт.", AMOUNT, price=AMOUNT, discount="10")
    lines = (dataclasses.replace(line, **texts),) * count  # type: ignore[arg-type] # the caller names the texts
    return CartView(lines[:3], lines[3:], AMOUNT, left_out=2)


def waiting_view(**changes: object) -> WaitingPageView:
    """The waiting page of an ordinary order, with changes."""
    ordinary = WaitingPageView(
        language="ru", order_id="o", refresh_url="payment_ru.html?mdOrder=o", amount=AMOUNT
    )
    return dataclasses.replace(ordinary, **changes)  # type: ignore[arg-type] # as above


def every_page(words: str, language: str) -> Iterator[str]:
    """Each page of the payer with `words` in every value that a shop, a bank or a payer can set."""
    frame = {
        "language": language,
        "page_view": words,
        "merchant_login": words,
        "shop_name": words,
        "back_url": "https://shop.example/?q=" + words.replace(" ", "%20"),
        "back_name": words,
        "languages": {"ru": words, "en": words},
        "sandbox": True,
    }
    yield view.render_payment_page(
        full_view(
            **frame,
            order_number=words,
            order_id=words,
            description=words,
            form_action=words,
            decline_text=words,
            advice=words,
            field_errors=dict.fromkeys(
                ("contact", "$PAN", "$EXPIRY", "$CVC", "TEXT", "email", "phone"), words
            ),
            typed_values=TypedValues(words, words, words),
            cart=cart_of(7, name=words, measure=words, discount=words, discount_type=words),
            ways=(OfferedWay(words, words),),
            test_cards=(TestCardGroup("test_pays", (TestCard(words, words, words, words),)),),
        )
    )
    yield view.render_payment_page(payment_view(**frame, description=words * 3, order_number=words))
    for problem in Problem:
        yield view.render_errors_page(
            ErrorsPageView(
                **frame,  # type: ignore[arg-type] # one frame for all pages
                problem=problem,
                order_number=words,
                amount=AMOUNT,
                reason=words,
                advice=words,
                retry_url=words,
            )
        )
    for result in Result:
        yield view.render_finish_page(
            FinishPageView(
                **frame,  # type: ignore[arg-type] # as above
                result=result,
                order_number=words,
                amount=AMOUNT,
                moment=NOW,
                card=words,
                reason=words,
            )
        )
    yield view.render_no_scheme(
        NoSchemeView(
            **frame,  # type: ignore[arg-type] # as above
            result=Result.PAID,
            order_number=words,
            amount=AMOUNT,
            parameter="returnUrl",
            address=words,
        )
    )
    yield view.render_three_ds_redirect(
        RedirectPageView(
            **frame,  # type: ignore[arg-type] # as above
            action="https://acs.example/" + words.replace(" ", "%20"),
            fields={"PaReq": words, words: words},
            amount=AMOUNT,
        )
    )
    yield view.render_three_ds_method(
        MethodPageView(
            **frame,  # type: ignore[arg-type] # as above
            method_url="https://acs.example/" + words.replace(" ", "%20"),
            method_data=words,
            continue_url=words,
            fields={words: words},
            amount=AMOUNT,
        )
    )
    yield view.render_waiting_page(
        WaitingPageView(
            **frame,  # type: ignore[arg-type] # as above
            order_id=words,
            refresh_url=words,
            order_number=words,
            amount=AMOUNT,
        )
    )


def loaded_files(page: str) -> set[str]:
    """The files that the page loads, by their names below our own static prefix."""
    tree = parse(page)
    addresses = [
        *values(tree, "link", "href"),
        *values(tree, "script", "src"),
        *values(tree, "img", "src"),
    ]
    return {address.removeprefix(STATIC_PREFIX + "/") for address in addresses}


def field_names(page: str) -> list[str]:
    """The names of the fields that a payer can see and change."""
    visible = [e for e in find_all(parse(page), "input") if e.get("type") != "hidden"]
    return [element.attrib["name"] for element in visible]
