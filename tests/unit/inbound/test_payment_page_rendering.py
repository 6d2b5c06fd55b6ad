"""The payer's pages as HTML: hostile texts stay texts, no file is loaded from another host, and the
form works without scripts.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest

from altyn.domain.page import HolderField
from altyn.inbound.payment_page import view
from altyn.inbound.payment_page.frame import STATIC, STATIC_PREFIX
from altyn.inbound.payment_page.texts import text
from altyn.inbound.payment_page.view import (
    ErrorsPageView,
    OfferedWay,
    PayerAction,
    Problem,
    TestCardGroup,
    TypedValues,
)
from altyn.look import LANGUAGES
from tests.page_tree import by_id, find_all, parse, text_of, values
from tests.unit.inbound.payment_pages import (
    TEST_CARDS,
    every_page,
    field_names,
    full_view,
    loaded_files,
    payment_view,
    waiting_view,
)

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>' {{ 7*7 }} {order} <!--"
WEIGHT_MAX = 60 * 1024  # bytes, uncompressed: what a 2G connection loads in a few seconds


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_texts_stay_texts(language: str) -> None:
    for page in every_page(HOSTILE, language):
        assert "<script>" not in page
        assert "{{ 7*7 }}" in page  # shown as it was sent: not run as a template, not removed
        tree = parse(page)
        assert not list(find_all(tree, "img"))
        for script in find_all(tree, "script"):
            assert script.get("src", "").startswith(STATIC_PREFIX)
            assert not script.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_script_or_style_is_inline_or_from_another_host(language: str) -> None:
    for page in every_page("Чай", language):
        tree = parse(page)
        assert not list(find_all(tree, "style", "iframe", "object", "base"))
        attributes = {name for element in tree.iter() for name in element.attrib}
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        for address in loaded_files(page):
            assert STATIC.find(address), f"{address} is not one of our files"
        assert len(list(find_all(tree, "script"))) == len(values(tree, "script", "src"))


def test_a_page_with_its_files_has_at_most_60_kilobytes() -> None:
    groups = (TestCardGroup("test_declines", TEST_CARDS * 10),)  # about as many as there are
    page = view.render_payment_page(full_view(test_cards=groups))
    loaded = loaded_files(page)
    assert {"look.css", "payment.css", "payment.js", "fields.js", "card.js"} < loaded
    # The page preloads every module that a script imports, so the sum is complete.
    for name in loaded:
        assert set(re.findall(r'from "\./([^"]+)"', STATIC.files[name].content.decode())) <= loaded
    weight = len(page.encode()) + sum(len(STATIC.files[name].content) for name in loaded)
    assert weight <= WEIGHT_MAX


def test_an_english_page_has_russian_only_in_its_language_link() -> None:
    for page in every_page("Tea", "en"):
        tree = parse(page)
        for texts in values(tree, "form", "data-texts"):
            assert not re.search("[а-яё]", texts, re.IGNORECASE)
        for nav in find_all(tree, "nav"):
            nav.clear()
        assert not re.search("[а-яё]", text_of(tree), re.IGNORECASE)


def test_an_unknown_language_is_answered_in_russian() -> None:
    assert parse(view.render_payment_page(payment_view(language="fr"))).get("lang") == "ru"


def test_the_form_works_without_scripts_by_the_names_of_the_wire() -> None:
    tree = parse(view.render_payment_page(full_view()))
    (form,) = find_all(tree, "form")
    assert form.get("method") == "post"
    assert form.get("action") == "/payment/merchants/test/payment_ru.html?mdOrder=o"
    names = {"MDORDER", "language", "pageView", "$PAN", "$EXPIRY", "$CVC", "TEXT"}
    names |= {"bindingNotNeeded", "paymentWay", "contact"}
    assert names == {*values(form, "input", "name"), *values(form, "button", "name")}
    boxes = [e for e in find_all(form, "input") if e.get("name") == "bindingNotNeeded"]
    assert [(e.get("type"), e.get("value")) for e in boxes] == [("hidden", "true")]


def test_the_card_number_and_cvc_are_never_repeated_on_the_page() -> None:
    fields = {field.name for field in dataclasses.fields(TypedValues)}
    assert fields == {"holder", "expiry", "contact"}
    tree = parse(view.render_payment_page(full_view()))
    assert [by_id(tree, name).get("value") for name in ("pan", "cvc")] == [None, None]
    assert by_id(tree, "holder").get("value") == "IVAN"
    assert by_id(tree, "expiry").get("value") == "12 / 28"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_label_and_what_describes_it_exists(language: str) -> None:
    for page in every_page("Tea", language):
        tree = parse(page)
        ids = [element.attrib["id"] for element in tree.iter() if "id" in element.attrib]
        assert len(ids) == len(set(ids))
        assert len(list(find_all(tree, "h1"))) == 1
        assert len(list(find_all(tree, "main"))) == 1
        labelled = set(values(tree, "label", "for"))
        inside = [field for label in find_all(tree, "label") for field in find_all(label, "input")]
        for field in find_all(tree, "input"):
            if field.get("type") == "hidden":
                continue
            assert field.get("id") in labelled or field in inside
            for described in (field.get("aria-describedby") or "").split():
                assert described in ids


def test_an_error_is_shown_under_its_field_and_marks_it() -> None:
    tree = parse(view.render_payment_page(payment_view(field_errors={"$PAN": "Опечатка"})))
    pan, cvc = by_id(tree, "pan"), by_id(tree, "cvc")
    assert pan.get("aria-invalid") == "true"
    assert pan.get("aria-describedby") == "pan-error"
    assert by_id(tree, "pan-error").text == "Опечатка"
    assert by_id(tree, "pan-error").get("aria-live") == "polite"
    assert cvc.get("aria-invalid") is None
    assert not by_id(tree, "cvc-error").text


def test_a_hint_gives_way_to_the_error_of_its_field() -> None:
    tree = parse(view.render_payment_page(payment_view(field_errors={"$CVC": "Введите код"})))
    for name, hidden, described in (
        ("cvc", True, "cvc-error"),
        ("holder", False, "holder-error holder-hint"),
    ):
        assert (by_id(tree, f"{name}-hint").get("hidden") is not None) is hidden
        assert by_id(tree, name).get("aria-describedby") == described


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("ru", ["МИР", "Visa", "Mastercard", "UnionPay"]),
        ("en", ["MIR", "Visa", "Mastercard", "UnionPay"]),
    ],
)
def test_payment_systems_have_a_name_and_a_neutral_mark(language: str, names: list[str]) -> None:
    schemes = by_id(parse(view.render_payment_page(payment_view(language=language))), "schemes")
    items = list(find_all(schemes, "li"))
    assert [text_of(item).strip() for item in items] == names
    shapes = [path.get("d") for item in items for path in find_all(item, "path")]
    assert len(set(shapes)) == len(names)
    for item in items:
        (drawing,) = find_all(item, "svg")
        assert drawing.get("aria-hidden") == "true"
        # The colours are those of the page: no scheme's own.
        attributes = {name for element in drawing.iter() for name in element.attrib}
        assert not attributes & {"fill", "stroke", "style"}


@pytest.mark.parametrize(
    ("holder", "names"),
    [
        (HolderField.REQUIRED, ["$PAN", "$EXPIRY", "$CVC", "TEXT"]),
        (HolderField.OPTIONAL, ["$PAN", "$EXPIRY", "$CVC", "TEXT"]),
        (HolderField.OFF, ["$PAN", "$EXPIRY", "$CVC"]),
    ],
)
def test_the_name_on_the_card_is_asked_as_the_shop_sets(
    holder: HolderField, names: list[str]
) -> None:
    assert field_names(view.render_payment_page(payment_view(holder=holder))) == names


def test_test_cards_are_visible_after_the_form_and_grouped() -> None:
    page = view.render_payment_page(full_view())
    assert page.index('id="payment"') < page.index('id="test-cards"')
    section = by_id(parse(page), "test-cards")
    assert section.tag == "section"  # it is not behind a click
    headings = [text_of(each) for each in find_all(section, "h3")]
    assert headings == ["Оплата пройдёт", "Банк спросит код", "Отказ"]
    assert len(list(find_all(section, "li"))) == 3 * len(TEST_CARDS)


def test_a_decline_shows_the_reason_the_attempts_left_and_the_advice() -> None:
    declined = payment_view(
        decline_text="Недостаточно средств.", advice="Заплатите другой картой.", attempts_left=1
    )
    tree = parse(view.render_payment_page(declined))
    message = text_of(by_id(tree, "message"))
    assert "Недостаточно средств." in message
    assert "Осталась 1 попытка. Заплатите другой картой." in message
    (title,) = find_all(tree, "title")
    assert text_of(title).strip() == "Оплата не прошла · Чайная на Покровке"


def test_the_button_shows_the_amount() -> None:
    tree = parse(view.render_payment_page(payment_view()))
    assert text_of(by_id(tree, "pay")) == "Оплатить 1\u202f500,00\u00a0₽"
    english = parse(view.render_payment_page(payment_view(language="en")))
    assert text_of(by_id(english, "pay")) == "Pay 1\u202f500.00\u00a0₽"


def test_production_shows_neither_the_band_nor_test_cards() -> None:
    page = view.render_payment_page(full_view(sandbox=False))
    assert text("sandbox", "ru") not in page
    assert "4111111111111111" not in page
    assert text("sandbox", "ru") in view.render_payment_page(full_view())


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "https:evil",
        " https://a.example",
        "\\\\evil",
    ],
)
def test_a_link_has_a_web_address_or_is_left_out(address: str) -> None:
    render: tuple[Callable[[], str], ...] = (
        lambda: view.render_payment_page(payment_view(back_url=address)),
        lambda: view.render_errors_page(
            ErrorsPageView(language="ru", problem=Problem.EXPIRED, back_url=address)
        ),
    )
    for page in render:
        tree = parse(page())
        assert values(tree, "a", "rel") == []
        assert address not in values(tree, "a", "href")


def test_the_other_ways_to_pay_are_buttons_of_the_form() -> None:
    ways = (OfferedWay("SBP_C2B", "СБП"), OfferedWay("BNPL", "Частями"))
    (form,) = find_all(parse(view.render_payment_page(payment_view(ways=ways))), "form")
    buttons = [e for e in find_all(form, "button") if e.get("name") == "paymentWay"]
    assert [(e.get("value"), text_of(e)) for e in buttons] == [
        ("SBP_C2B", "СБП"),
        ("BNPL", "Частями"),
    ]
    assert all(e.get("formnovalidate") is not None for e in buttons)
    assert "или картой" in text_of(form)


def test_a_page_without_other_ways_has_no_row_for_them() -> None:
    (form,) = find_all(parse(view.render_payment_page(payment_view())), "form")
    assert [e for e in form.iter() if e.get("class") == "ways"] == []
    assert "или картой" not in text_of(form)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_waiting_page_shows_what_the_payer_has_to_do(language: str) -> None:
    plain = waiting_view(language=language)
    keys = {
        PayerAction.CONFIRM_ON_PHONE: "waiting_confirm_on_phone",
        PayerAction.SCAN_QR: "waiting_scan_qr",
        PayerAction.ENTER_CODE: "waiting_enter_code",
    }
    assert set(keys) == set(PayerAction)
    for action, key in keys.items():
        sentence = text(key, language)
        acting = dataclasses.replace(plain, payer_action=action)
        assert sentence in view.render_waiting_page(acting)
        assert sentence not in view.render_waiting_page(plain)


def test_the_cvc_field_is_left_out_when_it_is_not_required() -> None:
    page = view.render_payment_page(payment_view(cvc_required=False))
    assert "$CVC" not in field_names(page)
    assert "$CVC" in field_names(view.render_payment_page(payment_view()))
