"""A card number and a CVC print masked in every form; the other values of a card are plain."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import re
from datetime import date
from typing import Any, cast

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from altyn.domain.card.values import (
    Cvc,
    Expiry,
    Pan,
    PaymentSystem,
    holder_ok,
    is_maestro,
    luhn_digit,
    luhn_ok,
    mask,
    payment_system,
)

DIGITS = "0123456789"
pans = st.text(DIGITS, min_size=12, max_size=19)
visa = Pan("4111111111111111")


def forms(secret: Pan | Cvc) -> list[str]:
    """Every way in which a value gets into a text."""
    record = logging.LogRecord("t", 20, "f", 1, "paid by %s, %r", (secret, secret), None)
    return [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r:>40}",
        f"{secret!s:.30}",
        format(secret, "^40"),
        "%s %r" % (secret, secret),  # noqa: UP031 - old formatting is one of the ways
        "{0} {0!r}".format(secret),  # noqa: UP032 - as above
        str([secret]),
        str({"card": secret, secret: 1}),
        json.dumps({"card": secret}, default=str),
        json.dumps({"card": secret}, default=repr),
        msgspec.json.encode({"card": secret}, enc_hook=str).decode(),
        record.getMessage(),
    ]


@given(pans)
def test_no_form_of_a_pan_shows_more_than_six_and_four(digits: str) -> None:
    pan = Pan(digits)
    shown = digits[:6] + "**" + digits[-4:]
    for text in forms(pan):
        assert shown in text
        assert max(map(len, re.findall("[0-9]+", text))) <= 6


def test_pan_prints_masked_and_only_reveal_returns_its_digits() -> None:
    assert str(visa) == visa.masked == "411111**1111"
    assert (visa.bin6, visa.last4) == ("411111", "1111")
    assert visa.reveal() == "4111111111111111"
    assert f"[{visa:>15}]" == "[   411111**1111]"


@given(pans)
def test_pans_are_equal_by_their_digits(digits: str) -> None:
    other = digits[:6] + str((int(digits[6]) + 1) % 10) + digits[7:]
    assert Pan(digits) == Pan(digits)
    assert hash(Pan(digits)) == hash(Pan(digits))
    assert Pan(digits) != Pan(other)
    assert Pan(digits) != digits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "41111111111",
        "41111111111111111111",
        "4111 1111 1111 1111",
        "411111111111111x",
        "-411111111111111",
        "4111111111111111\n",
        "٤١١١١١١١١١١١١١١١",
    ],
)
def test_invalid_card_number_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError, match="card number must be 12 to 19 digits") as refusal:
        Pan(text)
    assert "4111" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("secret", [visa, Cvc("123")])
def test_a_secret_is_not_serialised(secret: Pan | Cvc) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="serialised"):
            pickle.dumps(secret, protocol)
    with pytest.raises(TypeError, match="serialised"):
        cast("Any", secret).__getstate__()
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)
    with pytest.raises(TypeError):
        vars(secret)


@pytest.mark.parametrize("secret", [visa, Cvc("123")])
def test_secret_is_immutable_and_its_copy_is_the_same_object(secret: Pan | Cvc) -> None:
    with pytest.raises(AttributeError, match="does not change"):
        cast("Any", secret)._digits = "5555555555555599"
    with pytest.raises(AttributeError, match="does not change"):
        del cast("Any", secret)._digits
    with pytest.raises(AttributeError):
        cast("Any", secret).note = "x"
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


@given(st.text(DIGITS, min_size=3, max_size=4))
def test_a_cvc_prints_as_three_stars(digits: str) -> None:
    cvc = Cvc(digits)
    assert str(cvc) == repr(cvc) == f"{cvc}" == "***"
    assert cvc.reveal() == digits
    assert cvc == Cvc(digits)
    for text in forms(cvc):
        assert digits not in text


@pytest.mark.parametrize("text", ["", "12", "12345", "12a", "١٢٣"])
def test_invalid_cvc_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="security code must be 3 to 4 digits"):
        Cvc(text)


@given(st.text(DIGITS, min_size=1, max_size=18))
def test_exactly_one_digit_passes_luhn(partial: str) -> None:
    fitting = [digit for digit in DIGITS if luhn_ok(partial + digit)]
    assert fitting == [luhn_digit(partial)]


@given(pans, st.data())
def test_luhn_detects_one_wrong_digit(digits: str, data: st.DataObject) -> None:
    good = digits[:-1] + luhn_digit(digits[:-1])
    position = data.draw(st.integers(0, len(good) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in DIGITS if digit != good[position]]))
    assert luhn_ok(good)
    assert not luhn_ok(good[:position] + wrong + good[position + 1 :])


@given(pans, st.data())
def test_luhn_detects_two_swapped_neighbours(digits: str, data: st.DataObject) -> None:
    good = digits[:-1] + luhn_digit(digits[:-1])
    position = data.draw(st.integers(0, len(good) - 2))
    left, right = good[position], good[position + 1]
    # Nine and nought are the one pair which the rule cannot distinguish.
    assume(left != right and {left, right} != {"0", "9"})
    assert not luhn_ok(good[:position] + right + left + good[position + 2 :])


def test_luhn_agrees_with_published_examples() -> None:
    assert luhn_digit("7992739871") == "3"
    assert luhn_ok("4111111111111111")
    assert luhn_ok("639002000000000003")
    assert not luhn_ok("4111111111111112")
    assert not luhn_ok("")
    assert not luhn_ok("4111-1111")


@pytest.mark.parametrize(
    ("beginning", "system"),
    [
        ("2199", None),
        ("2200", PaymentSystem.MIR),
        ("2204", PaymentSystem.MIR),
        ("2205", None),
        ("2220", None),
        ("2221", PaymentSystem.MASTERCARD),
        ("2720", PaymentSystem.MASTERCARD),
        ("2721", None),
        ("34", PaymentSystem.AMEX),
        ("37", PaymentSystem.AMEX),
        ("35", PaymentSystem.JCB),
        ("36", None),
        ("4", PaymentSystem.VISA),
        ("50", PaymentSystem.MASTERCARD),
        ("51", PaymentSystem.MASTERCARD),
        ("55", PaymentSystem.MASTERCARD),
        ("58", PaymentSystem.MASTERCARD),
        ("59", None),
        ("60", PaymentSystem.MASTERCARD),
        ("62", PaymentSystem.CUP),
        ("63", PaymentSystem.MASTERCARD),
        ("1", None),
        ("22", None),
        ("", None),
    ],
)
def test_payment_system_is_found_by_the_first_digits(
    beginning: str, system: PaymentSystem | None
) -> None:
    assert payment_system(beginning) is system
    if beginning and system:
        assert payment_system(Pan(beginning.ljust(16, "0"))) is system


def test_maestro_begins_with_50_56_to_58_or_6_but_not_62() -> None:
    maestro = [begin for begin in map(str, range(10, 100)) if is_maestro(begin.ljust(16, "0"))]
    assert maestro == ["50", "56", "57", "58", "60", "61", *map(str, range(63, 70))]
    assert is_maestro(Pan("639002000000000003"))
    assert not is_maestro("5")


def test_an_expiry_is_read_and_written() -> None:
    expiry = Expiry.parse("202812")
    assert expiry == Expiry(2028, 12)
    assert (expiry.wire, expiry.text) == ("202812", "12/28")
    assert Expiry.parse("200901").text == "01/09"


@pytest.mark.parametrize(
    "text", ["", "2028", "12/28", "202813", "202800", "2028-1", " 20281", "2028123", "٢٠٢٨١٢"]
)
def test_invalid_expiry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expiry must be"):
        Expiry.parse(text)


def test_card_is_valid_until_the_end_of_its_month() -> None:
    expiry = Expiry(2028, 2)
    assert expiry.valid_on(date(2028, 2, 29))
    assert not expiry.valid_on(date(2028, 3, 1))
    assert expiry.valid_on(date(2027, 12, 31))
    assert not expiry.valid_on(date(2029, 1, 1))


@given(st.integers(2000, 2099), st.integers(1, 12), st.integers(2000, 2099), st.integers(1, 12))
def test_expiries_are_ordered_as_their_wire_texts(a: int, b: int, c: int, d: int) -> None:
    one, two = Expiry(a, b), Expiry(c, d)
    assert (one < two) == (one.wire < two.wire)
    assert Expiry.parse(one.wire) == one


@pytest.mark.parametrize("name", ["IVAN PETROV", "J. O'Neil-Smith", "a", "X" * 64])
def test_holder_name_of_latin_letters_is_accepted(name: str) -> None:
    assert holder_ok(name)


@pytest.mark.parametrize(
    "name", ["", " ", "-.'", "ИВАН", "IVAN1", "IVAN\n", "Ivan_P", "X" * 65, "José", "<b>"]
)
def test_holder_name_with_other_characters_is_refused(name: str) -> None:
    assert not holder_ok(name)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("pan=4111111111111111&cvc", "pan=411111**1111&cvc"),
        ("4111 1111 1111 1111 told", "411111**1111 told"),
        ("4111-1111-1111-1111", "411111**1111"),
        ("4111%201111%201111%201111", "411111**1111"),
        ("4111+1111+1111+1111", "411111**1111"),
        ("%3D639002000000000003;", "%3D639002**0003;"),
        ("4111111111111111202812", "411111**2812"),
        ("123456789012", "123456**9012"),
        ("12345678901", "12345678901"),
        ("amount 250000, RUB 643", "amount 250000, RUB 643"),
        ("2026-11-21T18:42:03+03:00", "2026-11-21T18:42:03+03:00"),
        ("203.0.113.9", "203.0.113.9"),
        (
            "pan 4111111111111111 0b5f2a34-6c1d-7e90-8f11-001122334455",
            "pan 411111**1111 0b5f2a34-6c1d-7e90-8f11-001122334455",
        ),
        ("", ""),
    ],
)
def test_free_text_is_masked(text: str, covered: str) -> None:
    assert mask(text) == covered


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Nd"]), max_size=20),
    pans,
    st.sampled_from(["", " ", "-", "+", "%20", "\u00a0"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Nd"]), max_size=20),
)
def test_pan_in_free_text_is_masked(before: str, digits: str, between: str, after: str) -> None:
    grouped = between.join(digits[i : i + 4] for i in range(0, len(digits), 4))
    covered = mask(f"{before}{grouped}{after}")
    assert f"{digits[:6]}**{digits[-4:]}" in covered
    assert grouped not in covered
    assert max(map(len, re.findall("[0-9]+", covered))) <= 6


@given(st.text(st.sampled_from(DIGITS + " -abc%20"), max_size=80))
def test_masked_text_has_no_long_run_of_digits(text: str) -> None:
    assert max([0, *map(len, re.findall("[0-9]+", mask(text)))]) <= 11
