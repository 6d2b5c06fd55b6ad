"""The cart on the payment page: which lines are open, and how quantities and discounts are written.

Source: fiscal.md §3.2, §4.5.
"""

from __future__ import annotations

from typing import Any

import pytest

from altyn.domain.cart.codes import MEASURES
from altyn.domain.cart.document import Cart
from altyn.domain.cart.reading import read_bundle
from altyn.domain.money import CURRENCIES, NO_BREAK_SPACE, RUB, THIN_SPACE, Money
from altyn.domain.order import Order, OrderRequest
from altyn.inbound.payment_page import view
from altyn.inbound.payment_page.cart_view import SHOWN_MAX, CartLine, cart_view
from altyn.inbound.payment_page.frame import STATIC
from altyn.look import LANGUAGES
from tests.builders import an_order
from tests.page_tree import by_id, find_all, parse, text_of
from tests.unit.inbound.payment_pages import AMOUNT, cart_of, full_view, loaded_files, payment_view

WEIGHT_MAX = 60 * 1024


def order_of(*rows: dict[str, Any], **request: Any) -> Order:
    items = [
        {
            "positionId": str(number),
            "name": f"Чай {number}",
            "itemCode": "T",
            "quantity": {"value": 1, "measure": "шт."},
            "itemAmount": 10000,
            **row,
        }
        for number, row in enumerate(rows, start=1)
    ]
    document = {"cartItems": {"items": items}}
    bundle = Cart.of(document) if rows else None
    amount = read_bundle(document)[0].amount_minor
    return an_order(amount_minor=amount, request=OrderRequest(order_bundle=bundle, **request))


def line_of(language: str = "ru", **row: Any) -> CartLine:
    found = cart_view(order_of(row), RUB, language)
    assert found is not None
    (line,) = found.opened
    return line


@pytest.mark.parametrize(
    ("count", "opened", "folded", "left_out"),
    [
        (1, 1, 0, 0),
        (4, 4, 0, 0),
        (5, 3, 2, 0),
        (30, 3, 27, 0),
        (2000, 3, SHOWN_MAX - 3, 2000 - SHOWN_MAX),
    ],
)
def test_a_long_cart_has_three_open_lines(
    count: int, opened: int, folded: int, left_out: int
) -> None:
    cart = cart_view(order_of(*[{}] * count), RUB, "ru")
    assert cart is not None
    assert (len(cart.opened), len(cart.folded), cart.left_out) == (opened, folded, left_out)
    assert cart.more == count - opened
    assert cart.folded_total == Money((count - opened) * 10000, RUB)


def test_no_cart_is_shown_without_one_and_for_a_card_check() -> None:
    assert cart_view(order_of(), RUB, "ru") is None
    assert cart_view(order_of({}, features=("VERIFY",)), RUB, "ru") is None


@pytest.mark.parametrize(
    ("value", "measure", "ru", "en"),
    [
        ("2", "шт.", "2 шт.", "2 шт."),
        ("1.5", "11", "1,5 кг", "1.5 kg"),
        ("12345.75", "0", f"12{THIN_SPACE}345,75 шт.", f"12{THIN_SPACE}345.75 pcs"),
        ("3", "255", "3 ", "3 "),
        ("3", "999", "3 ", "3 "),
        ("3", " кор. ", "3 кор.", "3 кор."),
    ],
)
def test_quantities_are_written_in_the_language_of_the_page(
    value: str, measure: str, ru: str, en: str
) -> None:
    for language, expected in (("ru", ru), ("en", en)):
        line = line_of(language, quantity={"value": value, "measure": measure})
        assert f"{line.quantity} {line.measure}" == expected


def test_every_measure_has_a_word_in_both_languages() -> None:
    for code in MEASURES.keys() - {255}:
        words = [
            line_of(language, quantity={"value": 1, "measure": str(code)}).measure
            for language in LANGUAGES
        ]
        assert all(words), code


@pytest.mark.parametrize(
    ("row", "price"),
    [
        ({"itemAmount": 10000}, None),
        ({"itemPrice": 10000}, None),  # one piece: the price is the sum
        ({"itemPrice": 5000, "quantity": {"value": 2, "measure": "шт."}}, Money(5000, RUB)),
    ],
)
def test_a_price_is_shown_where_it_differs_from_the_sum(
    row: dict[str, Any], price: Money | None
) -> None:
    assert line_of(**{"itemAmount": None, **row}).price == price


@pytest.mark.parametrize(
    ("discount", "ru", "kind"),
    [
        (None, "", ""),
        ({"discountType": "percent", "discountValue": 10}, f"10{NO_BREAK_SPACE}%", ""),
        ({"discountType": "PERCENT", "discountValue": "2.5"}, f"2,5{NO_BREAK_SPACE}%", ""),
        ({"discountType": "summ", "discountValue": 100}, "100", "summ"),
        ({"discountType": "percent", "discountValue": 0}, "", ""),
        ({"discountType": "percent", "discountValue": "0.00"}, "", ""),
    ],
)
def test_a_discount_is_shown_as_the_shop_has_sent_it(
    discount: dict[str, Any] | None, ru: str, kind: str
) -> None:
    line = line_of(discount=discount)
    assert (line.discount, line.discount_type) == (ru, kind)


def test_sums_are_in_the_currency_of_the_order() -> None:
    cart = cart_view(order_of({"itemAmount": 1500}), CURRENCIES["392"], "en")
    assert cart is not None
    page = view.render_payment_page(payment_view(cart=cart, language="en"))
    (row,) = [each for each in find_all(parse(page), "li") if "Чай 1" in text_of(each)]
    assert f"1{THIN_SPACE}500{NO_BREAK_SPACE}JPY" in text_of(row)


# ── The page ──────────────────────────────────────────────────────────────────────────────────────


def test_folded_lines_are_in_a_disclosure_with_their_count_and_sum() -> None:
    page = view.render_payment_page(payment_view(cart=cart_of(7)))
    (details,) = [e for e in find_all(parse(page), "details") if e.get("class") == "cart-more"]
    (summary,) = find_all(details, "summary")
    assert text_of(summary).startswith("Ещё 6 позиций ")
    assert text_of(summary).endswith(AMOUNT.human("ru"))
    assert len(list(find_all(details, "li"))) == 4
    assert "Остальные позиции (2)" in text_of(details)


def test_a_text_of_the_shop_is_isolated_and_cannot_turn_the_writing_direction() -> None:
    hostile = "\u202eתה"
    texts = {"name": hostile, "measure": hostile, "discount_type": hostile, "discount": "1"}
    page = view.render_payment_page(payment_view(cart=cart_of(1, **texts)))
    isolated = [each.text for each in find_all(parse(page), "bdi")]
    assert isolated == [hostile] * 3
    assert page.count(hostile) == 3


def test_the_largest_cart_fits_into_the_weight_of_a_page() -> None:
    """Test cards are on the pages of a sandbox only."""
    page = view.render_payment_page(
        full_view(cart=cart_of(SHOWN_MAX), sandbox=False, test_cards=())
    )
    files = sum(len(STATIC.files[name].content) for name in loaded_files(page))
    assert len(page.encode()) + files <= WEIGHT_MAX


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contact_has_one_field_that_phones_open_with_the_right_keys(language: str) -> None:
    tree = parse(view.render_payment_page(payment_view(language=language, asks_contact=True)))
    field = by_id(tree, "contact")
    expected = {"name": "contact", "inputmode": "email", "autocomplete": "email", "required": ""}
    assert expected.items() <= field.attrib.items()
    inputs = [each.get("id") for each in find_all(tree, "input") if each.get("type") != "hidden"]
    assert inputs[:2] == ["contact", "pan"]
    without = view.render_payment_page(payment_view(language=language))
    assert 'id="contact"' not in without
