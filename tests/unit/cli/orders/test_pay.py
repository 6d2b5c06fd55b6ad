"""The arguments of `altyn pay`: an order, a card, an expiry."""

import pytest

from altyn.cli.orders.pay import card_to_type, read_expiry, read_order
from altyn.cli.output import CommandError
from altyn.protocol.test_cards import CLASSIC, lookup

FORM_URL = "https://pay.example:8443/payment/merchants/test/payment_ru.html?mdOrder=42"


def test_form_url_contains_order_and_gateway() -> None:
    assert read_order(FORM_URL, None) == ("42", "https://pay.example:8443")
    assert read_order(FORM_URL, "http://here:1/") == ("42", "http://here:1")


def test_order_id_is_used_with_the_named_gateway() -> None:
    assert read_order("42", "http://here:1") == ("42", "http://here:1")


def test_url_without_an_order_is_refused() -> None:
    with pytest.raises(CommandError, match="mdOrder"):
        read_order("https://pay.example/payment", None)


@pytest.mark.parametrize("text", ["12/34", "12 / 34", "12/2034", "203412"])
def test_expiry_is_read(text: str) -> None:
    assert read_expiry(text) == "203412"


@pytest.mark.parametrize("text", ["", "13/34", "1234", "12/3", "ab/cd", "12/34/56"])
def test_invalid_expiry_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="12/34"):
        read_expiry(text)


def test_expiry_and_cvc_default_to_those_of_the_test_card() -> None:
    listed = lookup("2202205000012424", tds_version="1")
    assert listed is not None

    typed = card_to_type("2202 2050 0001 2424", expiry=None, cvc=None, holder="A B")

    assert (typed.pan, typed.expiry, typed.cvc) == ("2202205000012424", "202805", listed.cvc)


def test_typed_values_replace_those_of_the_test_card() -> None:
    typed = card_to_type(CLASSIC[0].pan, expiry="01/30", cvc="", holder="A B")

    assert (typed.expiry, typed.cvc) == ("203001", "")
    assert CLASSIC[0].pan not in repr(typed)
