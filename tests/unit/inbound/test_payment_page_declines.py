"""Decline texts for payers: every code has one, in plain words, and none advises to repeat."""

from __future__ import annotations

import re

import pytest

from altyn.domain.action_codes import CANCELLED
from altyn.inbound.payment_page.declines import BY_SHOP, DECLINES, OTHER_WAY, decline_of
from altyn.protocol.action_codes import ACTION_CODES, EMPTY

FOR_ENGINEERS = re.compile(
    "аутентиф|держател|операци|процессинг|3-?d|eci|pares|authentic|cardholder|operation",
    re.IGNORECASE,
)
TO_REPEAT = re.compile("повтор|ещё раз|позже|again|later|retry", re.IGNORECASE)


def test_every_code_of_a_decline_has_a_reason_and_an_advice() -> None:
    declines = {row.code for row in ACTION_CODES.values() if row.text_class is not EMPTY}
    assert declines <= DECLINES.keys()
    assert set(DECLINES) <= ACTION_CODES.keys()


@pytest.mark.parametrize("code", DECLINES)
@pytest.mark.parametrize("by_card", [True, False], ids=["card", "other way"])
def test_texts_are_for_payers(code: int, by_card: bool) -> None:  # noqa: FBT001 - a parameter of the test
    decline = decline_of(code, by_card=by_card)
    for words in (*decline.reason, *decline.advice):
        assert words.endswith(".")
        assert not FOR_ENGINEERS.search(words)
    for words in decline.reason:
        assert not TO_REPEAT.search(words), "a reason is also shown after the last attempt"


@pytest.mark.parametrize("code", [*DECLINES, 424242])
def test_no_text_names_a_card_after_another_way_to_pay(code: int) -> None:
    decline = decline_of(code, by_card=False)
    for words in (*decline.reason, *decline.advice):
        assert not re.search("карт|card", words, re.IGNORECASE)
    own_advice = {CANCELLED: "Выберите, как заплатить.", 120: "Проверьте номер или выберите другой"}
    assert decline.advice.ru.startswith(own_advice.get(code, OTHER_WAY.advice.ru))


def test_common_codes_have_these_reasons() -> None:
    reasons = {
        code: decline_of(code, by_card=True).reason.ru for code in (116, 101, -2006, 907, 902)
    }
    assert reasons == {
        116: "На карте не хватает денег.",
        101: "Срок действия карты истёк или введён неверно.",
        -2006: "Оплата не подтверждена в банке.",
        907: "Банк сейчас не отвечает.",
        902: "Банк не разрешает платить этой картой.",
    }
    assert decline_of(424242, by_card=True) is BY_SHOP


def test_refused_payment_in_parts_has_a_reason_of_its_own() -> None:
    decline = decline_of(120, by_card=False, in_parts=True)
    assert decline.reason.ru == "Сервис не одобрил оплату частями."
    assert decline.advice.ru.startswith("Укажите другой номер телефона")
    assert decline_of(CANCELLED, by_card=False, in_parts=True).reason.ru.startswith("Вы отменили")
