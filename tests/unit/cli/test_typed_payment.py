"""What `altyn pay` makes of its words: an order, a card, an expiry."""

import pytest

from altyn.cli.orders.pay import read_expiry, read_order, type_card
from altyn.cli.output import CommandError
from altyn.protocol.test_cards import CLASSIC, lookup

FORM_URL = "https://pay.example:8443/payment/merchants/test/payment_ru.html?mdOrder=42"


def test_a_form_url_names_order_and_gateway() -> None:
    assert read_order(FORM_URL, None) == ("42", "https://pay.example:8443")
    assert read_order(FORM_URL, "http://here:1/") == ("42", "http://here:1")


def test_an_order_id_goes_to_the_named_gateway() -> None:
    assert read_order("42", "http://here:1") == ("42", "http://here:1")


def test_an_address_without_an_order_is_told() -> None:
    with pytest.raises(CommandError, match="mdOrder"):
        read_order("https://pay.example/payment", None)


@pytest.mark.parametrize("text", ["12/34", "12 / 34", "12/2034", "203412"])
def test_an_expiry_is_read(text: str) -> None:
    assert read_expiry(text) == "203412"


@pytest.mark.parametrize("text", ["", "13/34", "1234", "12/3", "ab/cd", "12/34/56"])
def test_what_is_no_expiry_is_told(text: str) -> None:
    with pytest.raises(CommandError, match="12/34"):
        read_expiry(text)


def test_a_listed_card_brings_its_own_expiry_and_cvc() -> None:
    listed = lookup("2202205000012424", tds_version="1")
    assert listed is not None

    typed = type_card("2202 2050 0001 2424", expiry=None, cvc=None, holder="A B")

    assert (typed.pan, typed.expiry, typed.cvc) == ("2202205000012424", "202805", listed.cvc)


def test_what_is_typed_wins_over_the_list() -> None:
    typed = type_card(CLASSIC[0].pan, expiry="01/30", cvc="", holder="A B")

    assert (typed.expiry, typed.cvc) == ("203001", "")
    assert CLASSIC[0].pan not in repr(typed)
