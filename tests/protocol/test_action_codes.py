"""Every action code has the text of the reference; so have ECI and the outcomes of 3-D Secure.

The expectations are written out here from codes.md §4.1, §4.2 and §5, apart from the tables.
"""

from __future__ import annotations

import pytest

from altyn.domain import action_codes
from altyn.domain.card.values import PaymentSystem
from altyn.protocol.action_codes import ACTION_CODES, PAYER_TEXTS, describe
from altyn.protocol.eci import AuthenticationLevel, eci
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.tds_outcomes import (
    AFTER_ARES,
    AFTER_CHALLENGE,
    AFTER_PARES,
    AFTER_VERES,
    Challenge,
    Decline,
    Proceed,
)
from altyn.protocol.threeds import TransStatus, VeRes

CODES_BY_TEXT = {
    "": {-3101, -100, 0, 400},
    "R1": {
        -20010,
        -2026,
        -2025,
        -2020,
        -2019,
        -2018,
        -2016,
        -2015,
        -2011,
        -2005,
        1,
        5,
        12,
        14,
        57,
        61,
        62,
        65,
        81,
        82,
        93,
        96,
        100,
        103,
        104,
        107,
        111,
        118,
        119,
        120,
        121,
        123,
        902,
        903,
        904,
        909,
        913,
        341016,
        341017,
        341018,
        341019,
        341020,
    },
    "R2": {
        -9000,
        -5031,
        -3003,
        -2102,
        -2101,
        -2029,
        -2028,
        -2027,
        -2021,
        -2017,
        -2012,
        -2010,
        -2008,
        -2003,
        -2002,
        -2001,
        -2000,
        -102,
        7,
        13,
        41,
        43,
        53,
        75,
        76,
        94,
        106,
        109,
        110,
        117,
        208,
        209,
        914,
        999,
        1004,
        1005,
        1014,
        1017,
        1041,
        2001,
        2002,
        2003,
        2004,
        2005,
        2006,
        2007,
        2008,
        2009,
        2014,
        2015,
        2016,
        8204,
        9001,
        151017,
        341014,
        342015,
    },
    "R3": {101, 116, 125, 1015, 71015},
    "R4": {31, 907, 910},
    "R5": {-1, 1001, 1018, 1019, 151018, 151019},
    "R6": {-2007},
    "R7": {-2013},
    "R8": {15},
    "R9": {-3100},
    "R10": {239},
    "R11": {-2006},
}

RUSSIAN = {
    "R1": "Операция отклонена. Обратитесь в банк, выпустивший карту",
    "R2": "Операция отклонена. Обратитесь в магазин",
    "R3": "Операция отклонена. Проверьте введенные данные, достаточность средств на карте и"
    " повторите операцию",
    "R4": "Нет связи с банком. Повторите позже",
    "R5": "Не получен ответ от банка. Повторите позже",
    "R6": "Истек срок ожидания ввода данных",
    "R7": "Исчерпаны попытки оплаты",
    "R8": "Ошибка проведения платежа. Попробуйте позднее. Если данная ошибка возникла повторно,"
    " обратитесь в Ваш банк для разъяснения причин",
    "R9": "Связка деактивирована",
    "R10": "Операция отклонена. По требованию банка, выпустившего карту, необходимо отменить"
    " подписку",
    "R11": "Операция невозможна. Аутентификация держателя карты завершена неуспешно",
}

ENGLISH = {
    "R1": "Operation declined. Contact the bank that issued the card.",
    "R2": "Operation declined. Contact the merchant.",
    "R3": "Operation declined. Check the entered data and that there are enough funds on the card"
    " and repeat the operation.",
    "R4": "No connection with bank. Try again later.",
    "R5": "No response from bank received. Try again later.",
    "R6": "Input time expired.",
    "R7": "Payment attempts exhausted.",
    "R8": "Payment error. Try again later. If the error repeats, contact your bank.",
    "R9": "Binding is deactivated.",
    "R10": "Operation declined. The subscription has to be cancelled at the request of the"
    " issuing bank.",
    "R11": "Impossible operation. Cardholder authentication completed unsuccessfully.",
}


def test_every_code_has_its_class_and_no_code_is_left_over() -> None:
    found: dict[str, set[int]] = {}
    for code, row in ACTION_CODES.items():
        assert row.code == code
        found.setdefault(row.text_class.name, set()).add(code)
    assert found == CODES_BY_TEXT
    assert len(ACTION_CODES) == sum(map(len, CODES_BY_TEXT.values())) == 122


def test_the_texts_are_those_of_the_reference() -> None:
    assert {text.name: text.ru for text in PAYER_TEXTS if text.name} == RUSSIAN
    assert {text.name: text.en for text in PAYER_TEXTS if text.name} == ENGLISH


def test_each_code_has_both_languages() -> None:
    for name, codes in CODES_BY_TEXT.items():
        for code in codes:
            assert describe(code, "ru") == RUSSIAN.get(name, "")
            assert describe(code, "en") == ENGLISH.get(name, "")


@pytest.mark.parametrize("language", ["ru", "en", "de"])
@pytest.mark.parametrize("code", [0, -100, 400, -3101])
def test_codes_that_are_not_failures_have_no_text(code: int, language: str) -> None:
    assert describe(code, language) == ""


@pytest.mark.parametrize("code", [777, -777, 2, 10**9])
def test_an_unknown_code_sends_the_payer_to_the_shop(code: int) -> None:
    assert describe(code, "ru") == RUSSIAN["R2"]
    assert describe(code, "en") == ENGLISH["R2"]


def test_a_language_that_is_not_known_is_russian() -> None:
    assert describe(116, "de") == describe(116, "") == RUSSIAN["R3"]


def test_two_codes_have_another_text_in_ecom() -> None:
    differing = {
        code
        for code in ACTION_CODES
        if describe(code, "ru", dialect="ecom") != describe(code, "ru", dialect="classic")
    }
    assert differing == {-2006, -2010}
    assert describe(-2006, "ru", dialect="ecom") == RUSSIAN["R1"]
    assert describe(-2006, "ru") == RUSSIAN["R11"]
    assert describe(-2010, "ru", dialect="ecom") == RUSSIAN["R1"]


@pytest.mark.parametrize(
    ("name", "code", "meaning"),
    [
        ("NO_PAYMENTS_YET", -100, "no payment attempt yet"),
        ("APPROVED", 0, "payment successful"),
        ("SESSION_EXPIRED", -2007, "payer did not enter data in time"),
        ("ATTEMPTS_EXHAUSTED", -2013, "all payment attempts used"),
        ("AUTHENTICATION_FAILED", -2006, "issuer refused authentication (N)"),
        ("PARES_UNKNOWN", -2011, "PARes status unknown (U)"),
        ("VERES_UNKNOWN", -2016, "VERes status unknown (U)"),
        ("PARES_NOT_Y", -2017, "PARes status is not Y"),
        ("XID_MISMATCH", -2010, "XID mismatch"),
        ("SIGNATURE_INVALID", -2005, "signature of the authentication reply invalid"),
        ("TDS_COMMUNICATION_ERROR", 151017, "as 1017"),
        ("PROCESSING_UNAVAILABLE", -1, "processing did not answer"),
        ("PROCESSING_TIMEOUT", 151018, "as 1018"),
        ("PROCESSING_TIMEOUT_SENT", 151019, "as 1019"),
        ("CANCELLED", -102, "cancelled by the paying agent"),
        ("ONE_PHASE_FORBIDDEN", 2006, "one-phase payments forbidden"),
        ("SSL_FORBIDDEN", 2003, "operation without 3DS forbidden"),
        ("SSL_WITHOUT_CVC", 2004, "SSL without CVC forbidden"),
        ("TDS_RULE_FAILED", 2005, "3DS rule not satisfied"),
        ("TDS_FORBIDDEN", 2016, "merchant has no 3DS permission"),
        ("ALREADY_PAID", 2007, "order already paid"),
        ("LIMIT_EXCEEDED", -2002, "amount over shop limit"),
        ("IP_BLACKLISTED", -2001, "IP address blacklisted"),
        ("PAN_BLACKLISTED", -2000, "card blacklisted"),
        ("INPUT_ERROR", 71015, "as 1015"),
        ("WRONG_CVC", 82, "wrong CVC"),
        ("EXPIRED_CARD", 101, "card expired"),
        ("NOT_ENOUGH_MONEY", 116, "not enough funds"),
        ("FRAUD", 999, "fraud filter or no authorisation start"),
        ("HOST_NOT_AVAILABLE", 907, "issuer host not available"),
        ("ISSUER_NOT_AVAILABLE", 910, "issuer host not available"),
        ("ISSUER_UNREACHABLE", 31, "issuer not reachable"),
        ("DIRECTORY_UNREACHABLE", -2018, "directory server not reachable"),
        ("GATEWAY_ERROR", 9001, "gateway internal error"),
    ],
)
def test_the_gateways_own_codes_have_names(name: str, code: int, meaning: str) -> None:
    assert getattr(action_codes, name) == code
    assert ACTION_CODES[code].meaning == meaning


def test_every_named_code_has_a_row() -> None:
    named = {value for name, value in vars(action_codes).items() if isinstance(value, int)}
    assert len(named) >= 30
    assert named <= set(ACTION_CODES)


def test_logs_have_the_name_of_a_code_in_processing() -> None:
    assert ACTION_CODES[116].processing_text == "Decline. Not enough money"
    assert ACTION_CODES[-2017].processing_text == 'Declined. PARes status is not "Y"'
    assert ACTION_CODES[41].processing_text == ""
    assert ACTION_CODES[41].source == "ecom"
    assert ACTION_CODES[116].source == "both"
    assert ACTION_CODES[-20010].source == "classic"


@pytest.mark.parametrize(
    ("systems", "full", "attempt", "none"),
    [
        ("VISA JCB AMEX CUP", 5, 6, 7),
        ("MASTERCARD", 2, 1, 0),
        ("MIR", 2, 1, 3),
    ],
)
def test_the_indicator_of_each_payment_system(
    systems: str, full: int, attempt: int, none: int
) -> None:
    for system in map(PaymentSystem, systems.split()):
        assert eci(system, AuthenticationLevel.FULL) == full
        assert eci(system, AuthenticationLevel.ATTEMPT) == attempt
        assert eci(system, AuthenticationLevel.NONE) == none


def test_3d_secure_outcomes_are_those_of_the_reference() -> None:
    full, attempt, none = map(Proceed, AuthenticationLevel)
    assert {
        VeRes.ENROLLED: Challenge(),
        VeRes.NOT_ENROLLED: none,
        VeRes.UNKNOWN: Decline(-2016),
    } == AFTER_VERES
    assert {status.value: outcome for status, outcome in AFTER_PARES.items()} == {
        "Y": full,
        "A": attempt,
        "N": Decline(-2006),
        "U": Decline(-2011),
    }
    assert {status.value: outcome for status, outcome in AFTER_ARES.items()} == {
        "Y": full,
        "A": attempt,
        "C": Challenge(),
        "N": Decline(-2006),
        "R": Decline(-2006),
        "U": Decline(-2011),
    }
    assert AFTER_CHALLENGE[TransStatus.CHALLENGE] == Decline(-2006)
    assert set(AFTER_ARES) == set(AFTER_CHALLENGE) == set(TransStatus)


def test_payment_ways_are_their_own_names() -> None:
    assert all(way.name == way.value for way in PaymentWay)
    documented = (
        "CARD CARD_BINDING CARD_MOTO CARD_PRESENT SBRF_SBOL UPOP FILE_BINDING SMS_BINDING P2P "
        "P2P_BINDING PAYPAL MTS APPLE_PAY APPLE_PAY_BINDING ANDROID_PAY ANDROID_PAY_BINDING "
        "GOOGLE_PAY_CARD GOOGLE_PAY_CARD_BINDING GOOGLE_PAY_TOKENIZED "
        "GOOGLE_PAY_TOKENIZED_BINDING SAMSUNG_PAY SAMSUNG_PAY_BINDING IPOS SBERPAY SBERID "
        "TOKEN_PAY TOKEN_PAY_BINDING SBP_C2B SBP_C2B_BINDING BNPL SBRF_SBOL_BINDING"
    )
    assert set(documented.split()) <= set(PaymentWay)
    assert PaymentWay.CARD_BINDING.by_binding
    assert not PaymentWay.CARD.by_binding
