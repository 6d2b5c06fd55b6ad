"""The pages of the ACS simulator: complete in both languages, and usable without scripts."""

from __future__ import annotations

import dataclasses
import re

import pytest

from altyn.domain.money import RUB, Money
from altyn.simulators.acs.page import (
    LANGUAGES,
    STATIC,
    STATIC_PREFIX,
    TEXTS,
    ChallengePageView,
    ReturnPageView,
    render_challenge_page,
    render_return_page,
)
from tests.page_tree import by_id, find_all, parse, text_of, values

HOSTILE = "\"><script>alert(1)</script>' {{ 7*7 }}"
CHALLENGE = ChallengePageView(
    language="ru",
    shop_name="Чайная на Покровке",
    amount=Money(1_500_00, RUB),
    card="411111**1111",
    action="/simulators/acs/confirm",
    fields={"MD": "o", "TermUrl": "https://gateway.example/finish"},
    code="12345678",
    attempts_left=2,
)


def test_challenge_is_a_form_without_scripts() -> None:
    tree = parse(render_challenge_page(CHALLENGE))
    assert not list(find_all(tree, "script", "style"))
    (form,) = find_all(tree, "form")
    assert (form.get("method"), form.get("action")) == ("post", "/simulators/acs/confirm")
    assert values(form, "input", "name") == ["MD", "TermUrl", "password"]
    assert values(form, "button", "value") == ["confirm", "cancel"]
    assert "12345678" in text_of(form)
    assert by_id(form, "code").get("value") is None


def test_wrong_code_shows_the_attempts_left() -> None:
    tree = parse(render_challenge_page(dataclasses.replace(CHALLENGE, wrong=True)))
    assert by_id(tree, "code-error").text == "Код не подошёл. Осталось 2 попытки."
    assert by_id(tree, "code").get("aria-invalid") == "true"


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_texts_are_escaped(language: str) -> None:
    challenge = dataclasses.replace(
        CHALLENGE,
        language=language,
        shop_name=HOSTILE,
        card=HOSTILE,
        action=HOSTILE,
        fields={HOSTILE: HOSTILE},
        code=HOSTILE,
    )
    back = ReturnPageView(
        language=language, confirmed=True, action="https://a.example/", fields={HOSTILE: HOSTILE}
    )
    for page in (render_challenge_page(challenge), render_return_page(back)):
        assert "<script>" not in page
        assert "{{ 7*7 }}" in page


def test_return_page_has_a_script_only_with_autopost() -> None:
    back = ReturnPageView(
        language="ru",
        confirmed=True,
        action="https://gateway.example/finish",
        fields={"PaRes": "x"},
    )
    assert "<script" not in render_return_page(back)
    assert values(parse(render_return_page(back)), "form", "action") == [back.action]
    autoposted = parse(render_return_page(dataclasses.replace(back, autopost=True)))
    assert values(autoposted, "script", "src") == [f"{STATIC_PREFIX}/autopost.js"]
    assert STATIC.find("autopost.js")


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    text = TEXTS[key]
    assert re.findall(r"\{\w+\}", text.ru) == re.findall(r"\{\w+\}", text.en)
    assert re.search("[а-яё]", text.ru, re.IGNORECASE)
    assert not re.search("[а-яё]", text.en, re.IGNORECASE)
