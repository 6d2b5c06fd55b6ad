"""What an order's page shows of a card and of 3-D Secure: a key of its texts, and a value.

A card is shown masked. What the API shows with a permission only is shown with it only.
Source: personal-account.md §4; rest-orders.md §4.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.card.values import PaymentSystem
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Attempt
from altyn.inbound.web.order_story import words
from altyn.look import Words
from altyn.protocol.dialects.classic.card_view import PROTOCOL_VERSIONS
from altyn.protocol.eci import level_of
from altyn.protocol.issuers import issuer_of

_EXPIRY_DIGITS: Final = 6

Facts = Iterator[tuple[str, str]]


def card_facts(card: PaymentCard, language: str) -> Facts:
    """The masked number, the expiry, the holder, the payment system, the issuer and its country."""
    issuer = issuer_of(card.masked_pan)
    unknown = words.story_text("not_known", language=language)
    country = ""
    if issuer:
        country = issuer.country_en if language == "en" else issuer.country_ru
    yield from _facts_with_value(
        ("card", card.masked_pan),
        ("expiry", _month(card.expiry)),
        ("holder", card.holder),
        ("system", card.system),
        ("bank", issuer.name if issuer else unknown),
        ("bank_country", country),
    )


def three_ds_facts(attempt: Attempt, merchant: Merchant, language: str) -> Facts:
    """What the directory server and the issuer answered; nothing where they were not asked."""
    data = attempt.authentication
    if data is None:
        return
    yield from _facts_with_value(
        ("three_ds_version", PROTOCOL_VERSIONS.get(data.version)),
        ("ve_res", _explained(data.ve_res, words.ENROLMENT_WORDS, language)),
        ("pa_res", _explained(data.pa_res, words.AUTHENTICATION_WORDS, language)),
        ("a_res", _explained(data.a_res, words.AUTHENTICATION_WORDS, language)),
        ("r_req", _explained(data.r_req, words.AUTHENTICATION_WORDS, language)),
        ("server_trans_id", data.server_trans_id),
        ("acs_trans_id", data.acs_trans_id),
    )
    if merchant.may(Permission.SEND_ECI_CAVV):
        yield from _facts_with_value(
            ("eci", _eci(data, attempt.card, language)), ("cavv", data.cavv), ("xid", data.xid)
        )


def _facts_with_value(*facts: tuple[str, str | None]) -> Facts:
    return ((key, value) for key, value in facts if value)


def _month(expiry: str) -> str:
    """The month as a card has it: 12/2028 of 202812."""
    is_month = len(expiry) == _EXPIRY_DIGITS and expiry.isdecimal()
    return f"{expiry[4:]}/{expiry[:4]}" if is_month else expiry


def _explained(value: str | None, meanings: Mapping[str, Words], language: str) -> str:
    """A letter of the messages with its meaning: "Y: the card takes part"."""
    if not value:
        return ""
    meaning = meanings.get(value)
    return f"{value}: {meaning.text(language)}" if meaning else value


def _eci(data: ThreeDSData, card: PaymentCard | None, language: str) -> str:
    if data.eci is None:
        return ""
    # A card of an unknown system gets the ECI of a Visa card, so it is read as one.
    system = card.system if card else None
    level = level_of(PaymentSystem(system) if system else PaymentSystem.VISA, data.eci)
    return f"{data.eci}: {words.ECI_WORDS[level].text(language)}" if level else str(data.eci)
