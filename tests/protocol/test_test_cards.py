"""The sandbox's cards behave as documented, our own can be made for any code, all else is refused.

The expectations are written out here from codes.md §9, apart from the tables.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.card.values import Expiry, PaymentSystem, luhn_digit, luhn_ok, payment_system
from altyn.protocol.action_codes import ACTION_CODES
from altyn.protocol.test_cards import (
    ALL,
    CLASSIC,
    DOCUMENTED,
    ECOM,
    RANGES,
    SECOND,
    Fault,
    Tds2,
    TestCard,
    card_for_action_code,
    card_for_fault,
    lookup,
)
from altyn.protocol.threeds import TransStatus, VeRes

VERSIONS: tuple[Literal["1"], Literal["2"]] = ("1", "2")
TODAY = date(2026, 11, 21)


def card(pan: str, version: Literal["1", "2"] = "1") -> TestCard:
    found = lookup(pan, tds_version=version)
    assert found is not None
    assert found.pan == pan
    return found


# pan, expiry, CVC, system, 3-D Secure, ACS code, action code
@pytest.mark.parametrize(
    ("pan", "expiry", "cvc", "system", "way", "acs_code", "code"),
    [
        ("2202205000012424", "05/28", "649", "MIR", Tds2.FRICTIONLESS, None, 0),
        ("2202205300068092", "05/26", "583", "MIR", Tds2.CHALLENGE, "111111", 0),
        ("4006800900962514", "05/26", "941", "VISA", VeRes.ENROLLED, "111111", 0),
        ("5469980100048525", "05/26", "041", "MASTERCARD", VeRes.ENROLLED, "111111", 0),
        ("4276380089497205", "04/22", "074", "VISA", VeRes.ENROLLED, "111111", 0),
        ("5469017707243272", "12/23", "591", "MASTERCARD", VeRes.ENROLLED, "111111", 0),
        ("2202206100040083", "05/26", "061", "MIR", Tds2.NOT_ENROLLED, None, 0),
        ("2202206000270541", "05/28", "123", "MIR", Tds2.NOT_ENROLLED, None, 0),
        ("2202205000060910", "06/28", "810", "MIR", Tds2.CHALLENGE, "111111", 116),
        ("2202202107593166", "06/22", "123", "MIR", Tds2.CHALLENGE, "111111", 101),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_ecom_set(
    pan: str,
    expiry: str,
    cvc: str,
    system: str,
    way: VeRes | Tds2,
    acs_code: str | None,
    code: int,
    version: Literal["1", "2"],
) -> None:
    found = card(pan, version)
    assert found.expiry is not None
    assert (found.expiry.text, found.cvc, found.system.value) == (expiry, cvc, system)
    assert way in (found.tds1, found.tds2)
    assert (found.acs_code, found.action_code) == (acs_code, code)
    assert found.corporate == (pan == "2202206000270541")
    assert found.expiry_ok(found.expiry, TODAY)


def test_the_ecom_card_with_little_money() -> None:
    found = card("2202205300068092")
    assert found.balance_minor == 10000
    assert (found.issuer_code(10000), found.issuer_code(10001)) == (0, 116)


# pan, VERes, PARes, action code, CVC
@pytest.mark.parametrize(
    ("pan", "veres", "pares", "code", "cvc"),
    [
        ("4111111111111111", "Y", "Y", 0, "123"),
        ("5555555555555599", "N", None, 0, "123"),
        ("639002000000000003", "Y", "A", 0, "123"),
        ("5100000000000008", "Y", "Y", 0, "123"),
        ("6011000000000004", "Y", "Y", 0, "123"),
        ("4444000000001111", "N", None, 0, "123"),
        ("5555555555555557", "Y", "U", -2011, "123"),
        ("4444333322221111", "Y", "U", -2011, "123"),
        ("4000000000000002", "U", None, -2016, "123"),
        ("5555555544444442", "U", None, -2016, "123"),
        ("4444444444444422", "N", None, 913, "123"),
        ("4444444444444455", "N", None, 902, "123"),
        ("4444444444443333", "N", None, 123, "123"),
        ("4444444444446666", "N", None, -20010, "123"),
        ("4444444411111111", "N", None, 5, "123"),
        ("4444444499999999", None, None, 151017, "123"),
        ("5432543254325430", "Y", "Y", 116, "521"),
        ("4563960122001999", "N", None, 0, "347"),
    ],
)
def test_the_classic_set(
    pan: str, veres: str | None, pares: str | None, code: int, cvc: str
) -> None:
    found = card(pan, "1")
    assert (found.tds1, found.pares) == (veres, pares)
    assert (found.action_code, found.cvc) == (code, cvc)
    assert found.acs_code == ("12345678" if pares == "Y" else None)
    assert found.tds_unreachable == (code == 151017)
    assert found.cvc_ok(cvc)
    assert not found.cvc_ok("999")
    assert found.expiry_ok(Expiry(2019, 12), TODAY)
    assert found.expiry_ok(Expiry(2026, 11), TODAY)
    assert not found.expiry_ok(Expiry(2026, 10), TODAY)


# pan, expiry, behaviour, action code
@pytest.mark.parametrize(
    ("pan", "expiry", "way", "code"),
    [
        ("4111111111111111", "12/24", Tds2.FRICTIONLESS, 0),
        ("5555555555555599", "12/24", Tds2.CHALLENGE, 0),
        ("5168494895055780", None, Tds2.FRICTIONLESS_FAIL, -2006),
        ("4000001111111118", "12/30", Tds2.ATTEMPT, 0),
        ("5000001111111115", "12/30", Tds2.CHALLENGE, 0),
        ("4444555511113333", None, Tds2.NOT_ENROLLED, 0),
        ("2200000000000038", None, Tds2.FRICTIONLESS, 0),
    ],
)
def test_the_set_of_version_2(pan: str, expiry: str | None, way: Tds2, code: int) -> None:
    found = card(pan, "2")
    assert found.tds2 is way
    assert found.action_code == code
    assert (found.expiry.text if found.expiry else None) == expiry
    assert (found.acs_code is None) == (way is not Tds2.CHALLENGE)


def test_the_version_chooses_only_where_the_sets_disagree() -> None:
    differing = {
        each.pan
        for each in DOCUMENTED
        if lookup(each.pan, tds_version="1") is not lookup(each.pan, tds_version="2")
    }
    assert differing == {"4111111111111111", "5555555555555599"}
    assert card("4111111111111111", "1").protocol == "tds1"
    assert card("4111111111111111", "2").protocol == "tds2"
    assert card("5555555555555599", "2").expiry_ok(Expiry(2034, 12), TODAY)


def test_documented_cards_are_complete_and_pass_luhn() -> None:
    assert (len(ECOM), len(CLASSIC), len(SECOND)) == (10, 18, 7)
    for each in ALL:
        assert luhn_ok(each.pan)
        assert payment_system(each.pan) is each.system
        assert each.action_code in ACTION_CODES
        assert each.source


def test_test_card_names_its_3d_secure_flow() -> None:
    for each in ALL:
        if each.protocol == "tds1":
            assert each.tds2 is None
            assert each.tds1 is not None or each.tds_unreachable
        elif each.protocol == "tds2":
            assert each.tds1 is None
            assert each.tds2 is not None
        else:
            assert (each.tds1, each.tds2) == (VeRes.NOT_ENROLLED, Tds2.NOT_ENROLLED)
        assert (each.pares is not None) == (each.tds1 is VeRes.ENROLLED)


def test_card_that_fails_in_3d_secure_is_approved_by_the_issuer() -> None:
    failing = {each.pan for each in ALL if each.fails_in_tds}
    assert failing == {
        "5555555555555557",
        "4444333322221111",
        "4000000000000002",
        "5555555544444442",
        "4444444499999999",
        "5168494895055780",
    }
    assert all(each.issuer_code(1) == 0 for each in ALL if each.fails_in_tds)
    assert card(card_for_action_code(-2006)).issuer_code(1) == -2006


def test_the_number_for_an_action_code_is_published() -> None:
    assert card_for_action_code(0)[:-1] == "220000010000000"
    assert card_for_action_code(116)[:-1] == "220000010000116"
    assert card_for_action_code(-20010)[:-1] == "220000011020010"
    assert card_for_action_code(151018)[:-1] == "220000010151018"
    for code in (1_000_000, -1_000_000):
        with pytest.raises(ValueError, match="six digits"):
            card_for_action_code(code)


@given(st.integers(-999_999, 999_999), st.sampled_from(VERSIONS))
def test_any_code_has_a_card_that_ends_with_it(code: int, version: Literal["1", "2"]) -> None:
    pan = card_for_action_code(code)
    assert len(pan) == 16
    assert luhn_ok(pan)
    found = card(pan, version)
    assert found.action_code == found.issuer_code(1) == found.issuer_code(10**12) == code
    assert found.tds1 is VeRes.NOT_ENROLLED
    assert found.system is PaymentSystem.MIR


@pytest.mark.parametrize(
    ("number", "fault", "code"),
    [
        ("01", Fault.TIMEOUT_NOT_SENT, 151018),
        ("02", Fault.APPROVED_ANSWER_LOST, 0),
        ("03", Fault.DECLINED_ANSWER_LOST, 116),
        ("04", Fault.PENDING_THEN_APPROVED, 0),
        ("05", Fault.PENDING_THEN_DECLINED, 116),
        ("06", Fault.DEPOSIT_ANSWER_LOST, 0),
        ("07", Fault.REVERSAL_ANSWER_LOST, 0),
        ("08", Fault.REFUND_ANSWER_LOST, 0),
        ("09", Fault.HOST_NOT_AVAILABLE, 907),
        ("10", Fault.SLOW, 0),
    ],
)
def test_every_fault_has_a_test_card(number: str, fault: Fault, code: int) -> None:
    pan = card_for_fault(fault)
    assert pan[:-1] == f"22000002{number}00000"
    found = card(pan)
    assert (found.fault, found.action_code) == (fault, code)


def closed(partial: str) -> str:
    """The number with its Luhn digit."""
    return partial + luhn_digit(partial)


@pytest.mark.parametrize(
    "pan",
    [
        "",
        "4111",
        "4111111111111112",
        closed("220000012000116"),  # no such sign
        closed("220000011000000"),  # minus zero
        closed("22000001000011"),  # too short
        closed("2200000100001160"),  # too long
        closed("220000020000000"),  # no such fault
        closed("220000021100000"),
        closed("220000020100001"),
        closed("411111111111111")[:-1] + "0",  # in a range, but not Luhn
        closed("41111111111111"),  # in a range, but 15 digits
        closed("490000000000000"),
        closed("220220500001242")[:-1] + "5",
        closed("540000000000000"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_any_other_number_is_refused(pan: str, version: Literal["1", "2"]) -> None:
    assert lookup(pan, tds_version=version) is None


@given(st.sampled_from(RANGES), st.integers(0, 999), st.sampled_from(VERSIONS))
def test_a_number_inside_a_test_range_pays(
    beginning: str, middle: int, version: Literal["1", "2"]
) -> None:
    pan = closed(f"{beginning}{middle:03d}")
    found = card(pan, version)
    if pan not in {each.pan for each in DOCUMENTED}:
        assert found.action_code == 0
        assert found.tds1 is VeRes.NOT_ENROLLED
        assert (found.cvc, found.expiry) == (None, None)


@given(st.text("0123456789", min_size=11, max_size=18))
def test_unassigned_number_is_never_accepted(partial: str) -> None:
    pan = closed(partial)
    taken = lookup(pan, tds_version="1") is not None
    known = pan.startswith((*RANGES, "22000001", "22000002"))
    assert not taken or known or pan in {each.pan for each in DOCUMENTED}


def test_every_range_is_the_beginning_of_a_documented_number() -> None:
    for beginning in RANGES:
        assert any(each.pan.startswith(beginning) for each in DOCUMENTED)


def test_all_can_be_printed_and_found() -> None:
    for each in ALL:
        version: Literal["1", "2"] = "2" if each.protocol == "tds2" else "1"
        assert lookup(each.pan, tds_version=version) == each or each in SECOND
    assert {each.action_code for each in ALL} == set(ACTION_CODES)


def test_attempted_authentication_of_version_1_has_no_page() -> None:
    found = card("639002000000000003")
    assert found.pares is TransStatus.ATTEMPTED
    assert found.acs_code is None
