"""A charge of a stored card by its terms: it is counted before the bank is asked, and taken out of
the terms again where it is not made.

Source: rest-orders.md §7.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from altyn.domain.card.binding import Binding


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A charge that is counted in the terms: its sum, its time (UTC), and that of the one before.

    `before` is None where the terms name no days.
    """

    amount_minor: int
    at: datetime
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReleasedCharge:
    """A charge of a stored card that was counted and is not made."""

    binding_id: UUID
    charge: Charge


def broken_terms(binding: Binding, amount_minor: int, currency: str, now: datetime) -> str | None:
    """The rule that a charge at `now` breaks; None when it keeps the terms."""
    if binding.recurring and (broken := binding.recurring.broken_by(now)):
        return broken
    terms = binding.instalments
    return terms.broken_by(amount_minor, currency) if terms else None


def with_charge(binding: Binding, amount_minor: int, now: datetime) -> tuple[Binding, Charge]:
    """The next version of a stored card, with a charge in its terms."""
    recurring, instalments = binding.recurring, binding.instalments
    counted = replace(
        binding.changed(now, active=binding.active, expiry=binding.expiry),
        recurring=recurring.charged(now) if recurring else None,
        instalments=instalments.charged(amount_minor) if instalments else None,
    )
    before = recurring.charged_at if recurring else None
    return counted, Charge(amount_minor=amount_minor, at=now, before=before)


def without_charge(binding: Binding, charge: Charge, now: datetime) -> Binding:
    """The next version without a charge that was not made; later charges and terms stay."""
    recurring, instalments = binding.recurring, binding.instalments
    if recurring and charge.before and recurring.charged_at == charge.at:
        recurring = recurring.charged(charge.before)
    if instalments and instalments.agreed_at <= charge.at:
        instalments = instalments.without(charge.amount_minor)
    changed = binding.changed(now, active=binding.active, expiry=binding.expiry)
    return replace(changed, recurring=recurring, instalments=instalments)
