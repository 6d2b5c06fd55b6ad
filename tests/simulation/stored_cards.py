"""A small model of the cards that a client has stored at a shop, and of what the shop may charge.

It shares no code with the gateway. Amounts are minor units, days are Moscow's.
Source: rest-orders.md §6, §7; decision 0015.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from tests.simulation.model import MOSCOW

NOTHING: Final = ""
COMMON: Final = "COMMON"
RECURRENT: Final = "RECURRENT"
INSTALMENT: Final = "INSTALLMENT"
CHARGES: Final = {RECURRENT: "recurrentPayment", INSTALMENT: "installmentPayment"}
"""What a stored card may be charged for, and the method."""

FREQUENCY_DAYS: Final = 3
LASTS: Final = timedelta(days=20)
PAYMENTS_MAX: Final = 3
TOTAL: Final = 2500_00


def terms_sent(keeps: str, last_day: date) -> dict[str, object]:
    """The parameters of a registration whose payer agrees that the card is kept for a purpose."""
    if keeps == RECURRENT:
        return {"recurringFrequency": FREQUENCY_DAYS, "recurringExpiry": f"{last_day:%Y%m%d}"}
    if keeps == INSTALMENT:
        return {"installments": PAYMENTS_MAX, "totalInstallmentAmount": TOTAL}
    return {} if keeps else {"bindingNotNeeded": "true"}


def day_of(moment: datetime) -> date:
    return moment.astimezone(MOSCOW).date()


@dataclass
class Terms:
    """What the client has agreed to, and what was charged of it.

    `charged` are the earliest and the latest day of the last charge: the bank may have told of it
    later than it was asked.
    """

    purpose: str
    last_day: date
    charged: tuple[date, date]
    made: int
    made_minor: int

    def broken_by(self, amount: int, now: datetime) -> bool | None:
        """Whether a charge breaks the terms; None where the day of the last one is not known."""
        if self.purpose == INSTALMENT:
            return self.made >= PAYMENTS_MAX or self.made_minor + amount > TOTAL
        today = day_of(now)
        early = {(today - each).days < FREQUENCY_DAYS for each in self.charged}
        if today > self.last_day:
            return True
        return early.pop() if len(early) == 1 else None

    def charge(self, amount: int, now: datetime) -> Callable[[], None]:
        """Count a charge; what takes it out again when it is not made."""
        before, today = self.charged, day_of(now)
        counted = self.charged = (today, today)
        self.made += 1
        self.made_minor += amount

        def release() -> None:
            self.made -= 1
            self.made_minor -= amount
            if self.charged is counted:
                self.charged = before

        return release


@dataclass
class StoredCard:
    """One stored card; `card` is its name in the simulation."""

    card: str
    purpose: str
    binding_id: str = ""  # empty until the list of stored cards is read
    active: bool = True
    terms: Terms | None = None


@dataclass
class StoredCards:
    """The cards of one client, oldest first."""

    last_day: date
    cards: list[StoredCard] = field(default_factory=list)

    def newest(self, purpose: str, card: str | None = None) -> StoredCard | None:
        """The newest stored card of a purpose, or the newest with this card."""
        return next(iter(self._found(purpose, card)[::-1]), None)

    def oldest(self, purpose: str, card: str) -> StoredCard | None:
        """The oldest one with this card, which may have been disabled and stored again."""
        return next(iter(self._found(purpose, card)), None)

    def _found(self, purpose: str, card: str | None) -> list[StoredCard]:
        cards = [each for each in self.cards if each.purpose == purpose]
        return [each for each in cards if card in {None, each.card}]

    def active(self, purpose: str, card: str) -> StoredCard | None:
        """The one that may pay; there is at most one."""
        return next((each for each in self._found(purpose, card) if each.active), None)

    def store(
        self, card: str, purpose: str, *, paid: int, asked_at: datetime, now: datetime
    ) -> None:
        """A payment has stored the card: a new one, or the active one with new terms.

        `paid` is its sum: 0 for a check of the card.
        """
        stored = self.active(purpose, card)
        if stored is None:
            stored = StoredCard(card, purpose)
            self.cards.append(stored)
        if purpose in CHARGES:
            days = (day_of(asked_at), day_of(now))
            stored.terms = Terms(purpose, self.last_day, days, int(paid > 0), paid)

    def must_be(self, found: Sequence[Mapping[str, Any]], masks: Mapping[str, str]) -> None:
        """Compare with the gateway's list, and take over the ids of cards that are new in it."""
        theirs = [
            (each["maskedPan"], each["bindingCategory"], each["bindingStatus"] == "1")
            for each in found
        ]
        mine = [(masks[each.card], each.purpose, each.active) for each in self.cards]
        assert Counter(theirs) == Counter(mine), (found, self)
        known = {each.binding_id for each in self.cards}
        new = {
            (each["maskedPan"], each["bindingCategory"]): each["bindingId"]
            for each in found
            if each["bindingId"] not in known
        }
        for each in self.cards:
            each.binding_id = each.binding_id or new[masks[each.card], each.purpose]
        assert {each.binding_id for each in self.cards} == {each["bindingId"] for each in found}
