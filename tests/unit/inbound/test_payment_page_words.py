"""The texts of the payer's pages and the tables of their scripts: both languages are complete, no
text is unused, and the payment systems are those of the gateway.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from altyn.domain.card.values import Expiry, is_maestro, payment_system
from altyn.inbound.payment_page import texts, view
from altyn.inbound.payment_page.frame import STATIC
from altyn.inbound.payment_page.texts import TEXTS, counted_text
from altyn.inbound.payment_page.view import read_expiry
from altyn.protocol.threeds_version2 import pack_session_data


def test_static_files_name_no_other_host_and_import_only_each_other() -> None:
    for file in STATIC.files.values():
        source = file.content.decode()
        hosts = re.findall(r"https?://[^\s\"']+", source)
        assert [host for host in hosts if host != "http://www.w3.org/2000/svg"] == [], file.name
        assert not re.search(r"@import|\burl\(|\beval\(|innerHTML|new Function", source), file.name
        for imported in re.findall(r'from "\./([^"]+)"', source):
            assert STATIC.find(imported), f"{file.name} imports {imported}"


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_have_the_same_values(key: str) -> None:
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


PYTHON_WITH_KEYS = (
    "offered_ways.py",
    "card_form.py",
    "payment.py",
    "page_order.py",
    "results.py",
    "sandbox_cards.py",
    "contact_field.py",
    "endpoint.py",
    "stored_cards/form.py",
    "stored_cards/terms.py",
)


def test_every_text_is_used() -> None:
    folder = Path(view.__file__).parent
    sources = "".join(
        path.read_text("utf-8")
        for path in (
            *folder.glob("templates/*.html"),
            *folder.glob("templates/stored_cards/*.html"),
            *folder.glob("static/*.js"),
            *(folder / name for name in PYTHON_WITH_KEYS),
        )
    )
    # The keys of these families are joined from two parts.
    families = ("error_", "finish_", "attempts_", "more_", "terms_often_", "terms_parts_")
    unused = [key for key in TEXTS if f'"{key}"' not in sources and not key.startswith(families)]
    assert unused == []


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
def test_attempts_are_counted_in_the_right_plural(count: int, ru: str, en: str) -> None:
    assert (counted_text("attempts", count, "ru"), counted_text("attempts", count, "en")) == (
        ru,
        en,
    )


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
        ("١٢/٢٨", None),  # digits of other alphabets are not accepted
    ],
)
def test_the_expiry_is_read_as_payers_type_it(typed: str, expiry: Expiry | None) -> None:
    assert read_expiry(typed) == expiry


def test_session_data_is_the_order_id_in_base64url_without_padding() -> None:
    assert pack_session_data("0b5f") == "MGI1Zg"


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


def test_the_scripts_get_every_text_that_they_use() -> None:
    available = {line.partition("=")[0] for line in texts.script_texts("ru").splitlines()}
    for name in ("payment.js", "fields.js", "card.js"):
        source = STATIC.files[name].content.decode()
        asked = set(re.findall(r'message\("(\w+)"', source))
        asked |= set(re.findall(r'"((?:pan|expiry|cvc|holder|email|phone)_\w+)"', source))
        assert asked <= available, name
