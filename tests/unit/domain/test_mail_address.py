"""E-mail addresses: which are accepted, how they are spelled, and what the refusals say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.mail_address import (
    MailAddressError,
    parse_mail_address,
    parse_sender,
    refusal_of_addresses,
    split_addresses,
)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("anna@example.org", "anna@example.org"),
        (" anna@Example.ORG ", "anna@example.org"),
        ("Anna.B+shop@mail.example", "Anna.B+shop@mail.example"),
        ("anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"),
        ("анна@example.org", "анна@example.org"),
        ("o'neil@localhost", "o'neil@localhost"),
    ],
)
def test_address_is_spelled_for_a_server(text: str, spelled: str) -> None:
    assert str(parse_mail_address(text)) == spelled


@pytest.mark.parametrize(
    "text",
    [
        *("", "anna", "@example.org", "anna@", "anna@@example.org", "a b@example.org"),
        *("anna@exa mple.org", "anna@example..org", "anna@-example.org", "anna@[127.0.0.1]"),
        *(".anna@example.org", "anna.@example.org", '"anna b"@example.org', "a,b@example.org"),
        *("anna@example.org\r\nBcc: x@example.org", "an\nna@example.org", "anna@exam\nple.org"),
        *("<anna@example.org>", "an\u202ena@example.org", "an\0na@example.org"),
        *(f"{'a' * 65}@example.org", f"a@{'b' * 64}.example", f"a@{'b.' * 130}org"),
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(MailAddressError):
        parse_mail_address(text)


@given(st.text())
def test_accepted_address_is_one_line_and_stays_the_same(text: str) -> None:
    try:
        address = parse_mail_address(text)
    except MailAddressError:
        return
    assert str(address).isprintable()
    assert not set(str(address)) & set(' <>,;:"\\()[]\r\n')
    assert parse_mail_address(str(address)) == address


def test_only_a_name_outside_ascii_needs_utf8() -> None:
    assert parse_mail_address("анна@example.org").needs_utf8
    assert not parse_mail_address("anna@почта.рф").needs_utf8


def test_addresses_are_separated_by_commas() -> None:
    assert split_addresses("a@x.example, b@x.example,,a@x.example") == (
        "a@x.example",
        "b@x.example",
    )


def test_one_wrong_address_of_several_is_named() -> None:
    assert refusal_of_addresses("a@x.example,b@x.example") is None
    assert "'nobody'" in (refusal_of_addresses("a@x.example,nobody") or "")
    assert refusal_of_addresses(" , ") == "there is no address"


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("pay@shop.example", "", "pay@shop.example"),
        ("Shop <pay@shop.example>", "Shop", "pay@shop.example"),
        ('"Магазин, Москва" <pay@shop.example>', "Магазин, Москва", "pay@shop.example"),
    ],
)
def test_sender_may_have_a_name(text: str, name: str, address: str) -> None:
    sender = parse_sender(text)
    assert (sender.name, str(sender.address)) == (name, address)


@pytest.mark.parametrize("text", ["Shop", "Shop <pay>", "Sh\nop <pay@shop.example>", "a <b> <c@d>"])
def test_wrong_sender_is_refused(text: str) -> None:
    with pytest.raises(MailAddressError):
        parse_sender(text)
