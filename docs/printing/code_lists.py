"""Pages of code lists: features, action codes, error codes, 3-D Secure, currencies, test cards.

The action codes have the test card that leads to each of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from altyn.cli.sandbox.cards import what_happens
from altyn.domain.card.values import PaymentSystem
from altyn.domain.money import CURRENCIES
from altyn.look.words import card_number_text
from altyn.protocol import test_cards
from altyn.protocol.action_codes import ACTION_CODES, PAYER_TEXTS, ActionCode
from altyn.protocol.dialects.classic import error_codes
from altyn.protocol.dialects.classic.envelopes import CAPITALS, REGISTRATION
from altyn.protocol.dialects.classic.error_codes import SUCCESS
from altyn.protocol.dialects.classic.features import DOCUMENTED, ENGINE
from altyn.protocol.dialects.classic.order_view import CARD_DATA_WRONG
from altyn.protocol.eci import AuthenticationLevel, eci
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.table import Method
from altyn.protocol.tds_outcomes import (
    AFTER_ARES,
    AFTER_CHALLENGE,
    AFTER_PARES,
    AFTER_VERES,
    Challenge,
    Decline,
    Outcome,
    Proceed,
)
from altyn.protocol.test_cards import TestCard
from altyn.protocol.threeds import TransStatus, VeRes
from docs.printing.markdown import code, codes, link, page, section, table
from docs.printing.methods import PRINTED_METHODS


def features_page() -> str:
    """Values of `features`."""
    return page(
        "Features",
        "`features` of register.do and registerPreAuth.do: a repeated parameter, or one list "
        "separated by `;` or `,`. A name that is not on this page is refused with code 14.",
        table(("Value", "What it does"), ((code(name), what) for name, what in DOCUMENTED.items())),
        section(
            "Accepted, without effect",
            "Client libraries send these values, so they are not refused.",
            codes(ENGINE),
        ),
    )


# ── Action codes ──────────────────────────────────────────────────────────────────────────────────


def action_codes_page() -> str:
    """The bank's or the gateway's answers about a payment, and the test card for each."""
    return page(
        "Action codes",
        "`actionCode` of an order's status is the latest answer of the bank, or of the gateway, "
        "about its payment. 0 means approved. A payer never sees the code, only the text of its "
        "class. In the sandbox a payment with the card in the last column ends with exactly this "
        "code.",
        table(
            ("Code", "Meaning", "In logs", "Text", "Card"), map(_action_code, ACTION_CODES.values())
        ),
        section(
            "Texts",
            "A code that is in no row has the text R2.",
            table(("Class", "English", "Russian"), _texts()),
        ),
    )


def _action_code(row: ActionCode) -> tuple[object, ...]:
    differs = row.ecom_text_class is not row.text_class
    ecom = f", {row.ecom_text_class.name} in the newer dialect" if differs else ""
    card = code(test_cards.card_for_action_code(row.code))
    return row.code, row.meaning, row.processing_text, row.text_class.name + ecom, card


def _texts() -> Iterator[tuple[str, str, str]]:
    for text in PAYER_TEXTS:
        if text.name:
            yield text.name, text.en, text.ru


# ── Error codes ───────────────────────────────────────────────────────────────────────────────────


def error_codes_page() -> str:
    """Every code and text with which a method can refuse a request."""
    return page(
        "Error codes",
        "`errorCode` says whether a request was carried out. One code has many reasons: the text "
        "names the reason, and each method's page lists them in their order. `{name}` is a "
        "parameter.",
        table(("Code", "English", "Russian", "Methods"), _errors()),
    )


def _errors() -> Iterator[tuple[object, ...]]:
    known = {each for each in vars(error_codes).values() if isinstance(each, ErrorCode)}
    known.add(CARD_DATA_WRONG)
    for error in sorted(known, key=lambda each: (each.code, each.en, each.ru)):
        methods = [m for m in PRINTED_METHODS if error in _answered_by(m)]
        links = ", ".join(link(method.name, method.name) for method in methods)
        whose = "all" if len(methods) == len(PRINTED_METHODS) else links
        yield error.code, error.en, error.ru, whose


def _answered_by(method: Method) -> set[ErrorCode]:
    """The refusals of a method, and the error that the old status shows for a declined card."""
    without_refusal = {SUCCESS} if method.envelope is not REGISTRATION else set()
    if method.envelope is CAPITALS:
        without_refusal.add(CARD_DATA_WRONG)
    return {*method.refusals.values(), *without_refusal}


# ── 3-D Secure ────────────────────────────────────────────────────────────────────────────────────


def three_ds_page() -> str:
    """The result of each answer of 3-D Secure."""
    return page(
        "3-D Secure",
        "The letters are those of the messages: Y yes, N no, A attempted, U unknown, C challenge, "
        "R rejected. Features and permissions can demand more: `FORCE_FULL_TDS` accepts only a "
        "full authentication.",
        section("Version 1: enrolment (`veResStatus`)", _outcomes(AFTER_VERES)),
        section("Version 1: result (`paResStatus`)", _outcomes(AFTER_PARES)),
        section("Version 2: first answer (`aResTransStatus`)", _outcomes(AFTER_ARES)),
        section("Version 2: after a challenge (`rReqTransStatus`)", _outcomes(AFTER_CHALLENGE)),
        section(
            "ECI",
            "The number that tells the bank how well the payer was authenticated.",
            table(("Payment system", *(each.value for each in AuthenticationLevel)), _indicators()),
        ),
    )


def _outcomes(after: Mapping[VeRes, Outcome] | Mapping[TransStatus, Outcome]) -> str:
    rows = ((code(answer.value), _result(outcome)) for answer, outcome in after.items())
    return table(("Answer", "What follows"), rows)


def _result(outcome: Outcome) -> str:
    match outcome:
        case Proceed(authentication):
            return f"the payment goes to the bank; authentication: {authentication.value}"
        case Challenge():
            return "the payer goes to the issuer's ACS"
        case Decline(action_code):
            return f"declined, action code {action_code}"


def _indicators() -> Iterator[tuple[object, ...]]:
    for system in PaymentSystem:
        yield system.value, *(eci(system, each) for each in AuthenticationLevel)


def currencies_page() -> str:
    """The currencies that orders may name."""
    by_letters = sorted(CURRENCIES.values(), key=lambda each: each.alpha)
    rows = ((code(each.code), each.alpha, each.exponent) for each in by_letters)
    return page(
        "Currencies",
        "`currency` is an ISO 4217 numeric code. Amounts are whole numbers of minor units. A "
        f"{link('setting', 'merchant-settings')} of the merchant selects the allowed currencies.",
        table(("Code", "Currency", "Digits after the point"), rows),
    )


# ── Test cards ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    words: str
    cards: Sequence[TestCard]


_GROUPS: Final = (
    _Group(
        "Everyday cards",
        "For merchants whose `tds_version` is 1, the default.",
        test_cards.CLASSIC,
    ),
    _Group(
        "3-D Secure 2",
        "For merchants whose `tds_version` is 2. Two numbers of the first list behave differently "
        "here.",
        test_cards.SECOND,
    ),
    _Group(
        "The newer set",
        "A listed month is accepted although it has passed.",
        test_cards.ECOM,
    ),
    _Group(
        "Faults outside the gateway",
        "Altyn's own cards, for faults that remote test gateways cannot show.",
        test_cards.FAULTS,
    ),
)


def test_cards_page() -> str:
    """The cards that the sandbox accepts."""
    return page(
        "Test cards",
        "The sandbox accepts these cards and refuses every other number, so that no real card is "
        "used by mistake. Any holder name is accepted. `altyn cards` prints the same lists.",
        *(section(each.title, each.words, _cards(each.cards)) for each in _GROUPS),
        section(
            "One card per action code",
            f"`{test_cards.ACTION_CODE_PREFIX}`, a sign (0 plus, 1 minus), six digits of the code, "
            "the check digit. `altyn cards --action-code 116` prints one; "
            f"{link('action codes', 'action-codes')} lists them.",
        ),
        section(
            "Ranges",
            "For load tests: numbers of 16 digits with a valid check digit and one of these "
            "prefixes are approved without 3-D Secure.",
            codes(test_cards.RANGES),
        ),
    )


def _cards(listed: Sequence[TestCard]) -> str:
    rows = (
        (code(card_number_text(c.pan)), _expiry(c), c.cvc or "any", what_happens(c)) for c in listed
    )
    return table(("Number", "Expiry", "CVC", "What happens"), rows)


def _expiry(card: TestCard) -> str:
    listed = (card.expiry, *card.other_expiries)
    months = ", ".join(f"{each.month:02}/{each.year % 100:02}" for each in listed if each)
    if card.expiry:
        return months
    return f"any future month, {months}" if months else "any future month"
