"""The payer's pages as HTML: hostile texts stay texts, both languages are whole, nothing comes from
elsewhere.

A payment page is read by people who decide in seconds whether to trust it, and attacked by
everybody else.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest
from lxml import html

from altyn.domain.card import Expiry, is_maestro, luhn_ok, payment_system
from altyn.domain.money import RUB, Money
from altyn.inbound.payment_page import texts, view
from altyn.inbound.payment_page.texts import LANGUAGES, TEXTS, attempts_text, text
from altyn.inbound.payment_page.view import (
    STATIC,
    STATIC_PREFIX,
    ErrorsPageView,
    FinishPageView,
    MethodPageView,
    PaymentPageView,
    RedirectPageView,
    Result,
    SavedCard,
    TestCard,
    Trouble,
    TypedValues,
    WaitingPageView,
    Wanted,
    WayToPay,
    read_expiry,
    session_data,
)

NOW = datetime(2026, 11, 21, 15, 23, 18, tzinfo=UTC)
AMOUNT = Money(1_500_00, RUB)
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>' {{ 7*7 }} {order} <!--"
WEIGHT_MAX = 60 * 1024  # bytes, uncompressed: what a 2G line brings in a bearable time

TEST_CARDS = tuple(
    TestCard(pan, "12/28", "123", "банк отклоняет: недостаточно средств")
    for pan in ("4111111111111111", "5555555555555599", "639002000000000003", "2202205000012424")
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
            test_cards=TEST_CARDS,
            description="Чай «Тегуаньинь», 2 × 100 г",
            ways=(WayToPay("CARD", "Карта"), WayToPay("SBP", "СБП")),
            binding_enabled=True,
            bindings=(SavedCard("b1", "411111**1111 12/28"),),
            email=Wanted.REQUIRED,
            phone=Wanted.OPTIONAL,
            attempts_left=2,
            decline_text="Недостаточно средств.",
            field_errors={"$PAN": "Опечатка", "$CVC": "Введите код", "email": "Нет почты"},
            typed=TypedValues(holder="IVAN", expiry="12 / 28", email="a@b.example"),
        ),
        **changes,  # type: ignore[arg-type] # the caller names the fields
    )


def every_page(words: str, language: str) -> Iterator[str]:
    """Each page of the payer with `words` in every place a shop, a bank or a payer can fill."""
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
            field_errors=dict.fromkeys(
                ("$PAN", "$EXPIRY", "$CVC", "TEXT", "email", "phone"), words
            ),
            typed=TypedValues(words, words, words, words, words),
            ways=(WayToPay(words, words),),
            bindings=(SavedCard(words, words),),
            test_cards=(TestCard(words, words, words, words),),
        )
    )
    yield view.render_payment_page(payment_view(**frame, description=words * 3, order_number=words))
    for trouble in Trouble:
        yield view.render_errors_page(
            ErrorsPageView(
                **frame,  # type: ignore[arg-type] # one frame for all pages
                trouble=trouble,
                order_number=words,
                amount=AMOUNT,
                bank_text=words,
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
                bank_text=words,
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


def parse(page: str) -> html.HtmlElement:
    return html.document_fromstring(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_texts_stay_texts(language: str) -> None:
    for page in every_page(HOSTILE, language):
        assert "<script>" not in page
        assert "onerror=alert(1)>" not in page.replace("onerror=alert(1)&gt;", "")
        assert "{{ 7*7 }}" in page  # shown as it was sent: neither run as a template nor dropped
        tree = parse(page)
        assert not tree.xpath("//img")
        for script in tree.xpath("//script"):
            assert script.get("src", "").startswith(STATIC_PREFIX)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(language: str) -> None:
    for page in every_page("Чай", language):
        tree = parse(page)
        assert not tree.xpath("//style | //*[@style] | //script[not(@src)]")
        assert not [name for e in tree.iter() for name in e.attrib if name.lower().startswith("on")]
        for address in tree.xpath("//link/@href | //script/@src | //img/@src | //iframe/@src"):
            name = address.removeprefix(STATIC_PREFIX + "/")
            assert STATIC.find(name), f"{address} is not one of our files"


def test_static_files_name_no_other_host_and_only_each_other() -> None:
    for file in STATIC.files.values():
        source = file.content.decode()
        hosts = re.findall(r"https?://[^\s\"']+", source)
        assert [host for host in hosts if host != "http://www.w3.org/2000/svg"] == [], file.name
        assert not re.search(r"@import|\burl\(|\beval\(|innerHTML|new Function", source), file.name
        for imported in re.findall(r'from "\./([^"]+)"', source):
            assert STATIC.find(imported), f"{file.name} imports {imported}"


def test_all_that_a_payer_loads_weighs_at_most_60_kilobytes() -> None:
    page = view.render_payment_page(full_view(test_cards=TEST_CARDS * 3)).encode()
    tree = parse(page.decode())
    loaded = {name.rpartition("/")[2] for name in tree.xpath("//link/@href | //script/@src")}
    assert {"look.css", "payment.css", "payment.js", "fields.js", "card.js"} < loaded
    # Everything that a script of the page imports is announced, so nothing is left out of the sum.
    for name in loaded:
        assert set(re.findall(r'from "\./([^"]+)"', STATIC.files[name].content.decode())) <= loaded
    assert len(page) + sum(len(STATIC.files[name].content) for name in loaded) <= WEIGHT_MAX


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same(key: str) -> None:
    words = TEXTS[key]
    places = [
        {name for _, name, _, _ in Formatter().parse(words_in) if name is not None}
        for words_in in (words.ru, words.en)
    ]
    assert places[0] == places[1]
    assert words.ru
    assert words.en
    assert not re.search("[а-яё]", words.en, re.IGNORECASE)
    if key != "cvc":
        assert re.search("[а-яё]", words.ru, re.IGNORECASE)
    assert "!" not in words.ru + words.en


def test_no_text_is_left_over_from_something_that_is_gone() -> None:
    folder = Path(view.__file__).parent
    sources = "".join(
        path.read_text("utf-8")
        for path in (*folder.glob("templates/*.html"), *folder.glob("static/*.js"))
    )
    # `pan_not_test` is said by the gateway; the families below are put together from two words.
    families = ("error_", "finish_", "attempts_", "pan_not_test")
    left_over = [key for key in TEXTS if f'"{key}"' not in sources and not key.startswith(families)]
    assert left_over == []


def test_an_english_page_has_no_russian_but_its_language_link() -> None:
    for page in every_page("Tea", "en"):
        tree = parse(page)
        for form in tree.xpath("//form[@data-texts]"):
            assert not re.search("[а-яё]", form.get("data-texts"), re.IGNORECASE)
        for ours in tree.xpath("//*[@id='test-cards'] | //nav"):
            ours.drop_tree()
        assert not re.search("[а-яё]", tree.find("body").text_content(), re.IGNORECASE)


def test_an_unknown_language_is_answered_in_russian() -> None:
    assert parse(view.render_payment_page(payment_view(language="fr"))).get("lang") == "ru"


def test_the_form_works_without_scripts_by_the_names_of_the_wire() -> None:
    form = parse(view.render_payment_page(full_view(language="ru"))).forms[0]
    assert form.method == "POST"
    assert form.action == "/payment/merchants/test/payment_ru.html?mdOrder=o"
    names = {"MDORDER", "language", "pageView", "$PAN", "$EXPIRY", "$CVC", "TEXT", "email", "phone"}
    assert names | {"bindingId", "bindingNotNeeded", "paymentWay"} == {
        element.get("name") for element in form.xpath(".//input | .//button") if element.get("name")
    }
    # The box follows the hidden value, so that the last of the two counts.
    boxes = form.xpath(".//input[@name='bindingNotNeeded']/@value")
    assert boxes == ["true", "false"]


def test_card_number_and_code_are_never_echoed() -> None:
    fields = {field.name for field in dataclasses.fields(TypedValues)}
    assert fields == {"holder", "expiry", "email", "phone", "binding_id", "remember"}
    tree = parse(view.render_payment_page(full_view()))
    assert [tree.get_element_by_id(name).get("value") for name in ("pan", "cvc")] == [None, None]
    assert tree.get_element_by_id("holder").get("value") == "IVAN"
    assert tree.get_element_by_id("expiry").get("value") == "12 / 28"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_label_and_what_describes_it_exists(language: str) -> None:
    for page in every_page("Tea", language):
        tree = parse(page)
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert len(tree.xpath("//h1")) == 1
        assert len(tree.xpath("//main")) == 1
        labelled = set(tree.xpath("//label/@for"))
        for field in tree.xpath("//input[not(@type='hidden')]"):
            assert field.get("id") in labelled or field.xpath("ancestor::label")
            for described in (field.get("aria-describedby") or "").split():
                assert described in ids


def test_an_error_stands_under_its_field_and_marks_it() -> None:
    tree = parse(view.render_payment_page(payment_view(field_errors={"$PAN": "Опечатка"})))
    pan, cvc = tree.get_element_by_id("pan"), tree.get_element_by_id("cvc")
    assert pan.get("aria-invalid") == "true"
    assert "pan-error" in pan.get("aria-describedby")
    assert tree.get_element_by_id("pan-error").text == "Опечатка"
    assert tree.get_element_by_id("pan-error").get("aria-live") == "polite"
    assert cvc.get("aria-invalid") is None
    assert not tree.get_element_by_id("cvc-error").text


def test_a_decline_tells_the_bank_s_words_and_the_attempts_left() -> None:
    declined = payment_view(decline_text="Недостаточно средств.", attempts_left=1)
    tree = parse(view.render_payment_page(declined))
    said = tree.get_element_by_id("message").text_content()
    assert "Недостаточно средств." in said
    assert "Осталась 1 попытка." in said
    assert tree.findtext(".//title").strip() == "Оплата не прошла · Чайная на Покровке"


@pytest.mark.parametrize(
    ("count", "ru", "en"),
    [
        (1, "Осталась 1 попытка.", "1 attempt left."),
        (2, "Осталось 2 попытки.", "2 attempts left."),
        (5, "Осталось 5 попыток.", "5 attempts left."),
        (11, "Осталось 11 попыток.", "11 attempts left."),
        (21, "Осталась 21 попытка.", "21 attempts left."),
    ],
)
def test_attempts_are_counted_as_people_count(count: int, ru: str, en: str) -> None:
    assert (attempts_text(count, "ru"), attempts_text(count, "en")) == (ru, en)


def test_the_button_states_the_amount() -> None:
    tree = parse(view.render_payment_page(payment_view()))
    assert tree.get_element_by_id("pay").text_content() == "Оплатить 1\u202f500,00\u00a0₽"
    english = parse(view.render_payment_page(payment_view(language="en")))
    assert english.get_element_by_id("pay").text_content() == "Pay 1\u202f500.00\u00a0₽"


def test_production_carries_neither_band_nor_test_cards() -> None:
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
def test_a_link_leads_to_the_web_or_nowhere(address: str) -> None:
    render: tuple[Callable[[], str], ...] = (
        lambda: view.render_payment_page(payment_view(back_url=address)),
        lambda: view.render_errors_page(
            ErrorsPageView(language="ru", trouble=Trouble.EXPIRED, back_url=address)
        ),
    )
    for page in render:
        tree = parse(page())
        assert not tree.xpath("//a[@rel='noreferrer']")
        assert address.strip() not in tree.xpath("//a/@href")


def test_an_order_with_its_binding_asks_for_the_code_only() -> None:
    only = full_view(binding_only=True, email=Wanted.NO, phone=Wanted.NO, ways=())
    form = parse(view.render_payment_page(only)).forms[0]
    assert form.xpath(".//input[not(@type='hidden')]/@name") == ["bindingId", "$CVC"]


def test_without_need_of_a_code_none_is_asked() -> None:
    page = view.render_payment_page(payment_view(cvc_required=False))
    assert not parse(page).xpath("//*[@name='$CVC']")


@pytest.mark.parametrize(
    ("typed", "expiry"),
    [
        ("12 / 28", Expiry(2028, 12)),
        ("1228", Expiry(2028, 12)),
        ("12/2028", Expiry(2028, 12)),
        ("202812", Expiry(2028, 12)),
        ("122030", Expiry(2030, 12)),
        ("13/28", None),
        ("00/28", None),
        ("12/2", None),
        ("", None),
        ("ММ/ГГ", None),
        ("١٢/٢٨", None),  # digits of other scripts are no digits here
    ],
)
def test_the_expiry_is_read_as_people_type_it(typed: str, expiry: Expiry | None) -> None:
    assert read_expiry(typed) == expiry


def test_session_data_is_the_order_id_in_base64url_without_padding() -> None:
    assert session_data("0b5f") == "MGI1Zg"


def test_the_scripts_know_the_same_payment_systems_as_the_gateway() -> None:
    script = STATIC.files["card.js"].content.decode()
    names = {"CUP": "UnionPay", "MASTERCARD": "Mastercard", "VISA": "Visa"}
    rows = re.findall(r'\["(\d+)", "(\d+)", "(\w+)"\]', script)
    assert len(rows) == 11
    for first, last, name in rows:
        for digits in (first, last):
            system = payment_system(digits)
            assert system is not None
            known = "Maestro" if is_maestro(digits) else names.get(system.value, system.value)
            assert known == name, digits
    assert payment_system("9") is None
    assert luhn_ok(TEST_CARDS[0].pan)


def test_the_scripts_get_every_text_they_ask_for() -> None:
    given = {line.partition("=")[0] for line in texts.script_texts("ru").splitlines()}
    for name in ("payment.js", "fields.js", "card.js"):
        source = STATIC.files[name].content.decode()
        asked = set(re.findall(r'say\("(\w+)"', source))
        asked |= set(re.findall(r'"((?:pan|expiry|cvc|holder|email|phone)_\w+)"', source))
        assert asked <= given, name
