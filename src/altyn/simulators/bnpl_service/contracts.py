"""The books of one payment in parts, and what each request makes of them. Pure values.

The shop's side is as the books of a bank (`issuer/books.py`); the payer's side is the plan. What
the shop gives back shortens the plan, or returns to the card. Source: bnpl.md §4, §7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from altyn.domain.instalments import Plan, read_plan
from altyn.protocol.acquiring import AcquirerOperation, AcquirerRequest, AcquirerResponse
from altyn.protocol.bnpl import PartsOperation, PartsRequest
from altyn.simulators.issuer.books import Books, move

OWN_NAME: Final = "bnpl-service"
"""The merchant that the payer's bank sees: the service charges the payer, not the shop."""

_MOVEMENTS: Final = {
    PartsOperation.DEPOSIT: AcquirerOperation.DEPOSIT,
    PartsOperation.REVERSE: AcquirerOperation.REVERSE,
    PartsOperation.REFUND: AcquirerOperation.REFUND,
}


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A request to the card's bank without an answer: a charge of a part, or a return to the card.

    `request` is the key of the request to the service that it belongs to.
    """

    key: str
    part: int
    amount_minor: int
    original_key: str = ""
    request: str = ""

    @property
    def is_charge(self) -> bool:
        """Whether it takes money from the card."""
        return not self.original_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A payment whose first part was charged, as of one version."""

    key: str
    version: int
    books: Books
    plan: Plan
    charge_keys: Mapping[str, str]
    pending: tuple[Pending, ...]
    rrn: str
    approval_code: str | None

    @property
    def values(self) -> tuple[object, ...]:
        """The parameters of the statement `change`."""
        books, plan = self.books, self.plan
        sums = (
            *(books.held_minor, books.deposited_minor, books.reversed_minor),
            *(books.refunded_minor, books.released_minor),
            *(plan.unpaid_minor, plan.charged_minor, plan.returned_minor),
        )
        texts = (_json(plan.parts), _json(self.charge_keys), _json(self.pending))
        return (self.key, self.version, *sums, *texts, self.rrn, self.approval_code)

    def moved(self, request: PartsRequest) -> Contract | int:
        """The contract after a deposit, a reversal or a refund; or the action code of the refusal.

        Refuses: as `move` of the bank's books.
        """
        books = move(self.books, _movement(request))
        if isinstance(books, int):
            return books
        given_back = _kept(self.books) - _kept(books)
        plan, returns = self.plan.shortened(given_back)
        pending = tuple(
            Pending(
                key=f"bnpl:{request.key}:return:{each.number}",
                part=each.number,
                amount_minor=each.amount_minor,
                original_key=self.charge_keys[str(each.number)],
                request=request.key,
            )
            for each in returns
        )
        return replace(self, books=books, plan=plan, pending=(*self.pending, *pending))

    def with_charge(self, number: int, key: str) -> Contract | None:
        """The contract that is about to charge a part; None when nothing of it is owed."""
        part = self.plan.part(number)
        if part is None or not part.unpaid_minor:
            return None
        charge = Pending(
            key=f"bnpl:{key}", part=number, amount_minor=part.unpaid_minor, request=key
        )
        return replace(self, pending=(*self.pending, charge))

    def answered(self, request: Pending, *, approved: bool) -> Contract:
        """The contract after the card's bank has answered a pending request."""
        after = replace(self, pending=tuple(each for each in self.pending if each != request))
        if not (request.is_charge and approved):
            return after
        keys = {**self.charge_keys, str(request.part): request.key}
        return replace(after, plan=self.plan.charged(request.part), charge_keys=keys)


def first_key(payment_key: str) -> str:
    """The key of the authorisation of the first part."""
    return f"bnpl:{payment_key}:1"


def begun(row: Any, answered: AcquirerResponse) -> Contract:
    """The contract of a payment (its row) whose first part was charged."""
    amount = row["amount_minor"]
    books = Books(
        merchant=row["merchant"],
        currency=row["currency"],
        approved_minor=amount,
        held_minor=amount if row["hold"] else 0,
        deposited_minor=0 if row["hold"] else amount,
        reversed_minor=0,
        refunded_minor=0,
        released_minor=0,
    )
    return Contract(
        key=row["key"],
        version=row["version"],
        books=books,
        plan=read_plan(row["parts"]).charged(1),
        charge_keys={"1": first_key(row["key"])},
        pending=(),
        rrn=answered.rrn or "",
        approval_code=answered.approval_code,
    )


def contract_of(row: Any) -> Contract:
    """The contract of an active payment."""
    sums = ("approved", "held", "deposited", "reversed", "refunded", "released")
    return Contract(
        key=row["key"],
        version=row["version"],
        books=Books(
            merchant=row["merchant"],
            currency=row["currency"],
            **{f"{name}_minor": row[f"{name}_minor"] for name in sums},
        ),
        plan=read_plan(row["parts"]),
        charge_keys=msgspec.json.decode(row["charge_keys"], type=dict[str, str]),
        pending=msgspec.json.decode(row["pending"], type=tuple[Pending, ...]),
        rrn=row["rrn"],
        approval_code=row["approval_code"],
    )


def _movement(request: PartsRequest) -> AcquirerRequest:
    return AcquirerRequest(
        key=request.key,
        operation=_MOVEMENTS[request.operation],
        merchant=request.merchant,
        terminal="",
        amount_minor=request.amount_minor,
        currency=request.currency,
        original_key=request.original_key,
    )


def _kept(books: Books) -> int:
    """What the shop keeps: held, or taken and not given back."""
    return books.held_minor + books.deposited_minor


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
