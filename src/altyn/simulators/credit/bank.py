"""The bank that decides applications for a credit: it grants, refuses, or needs ten minutes.

The phone number of the applicant decides (`protocol/test_phones.py`). One statement stores each
decision, and no later one changes it, so a credit that was granted stays granted whatever becomes
of the process. Source: bnpl.md §8.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from altyn.protocol.credit import CreditAnswer, CreditDecision, CreditRequest
from altyn.protocol.test_phones import behaviour_of
from altyn.simulators.database import Pool, apply_schema, statements

_HERE: Final = Path(__file__).parent
_SCHEMA: Final = (_HERE / "schema.sql").read_text("utf-8")
_SQL: Final = statements(_HERE / "queries.sql")


class CreditBank:
    """One bank for all applicants. Its state is the database, so processes may share it.

    `clock_now` returns aware UTC.
    """

    def __init__(self, pool: Pool, clock_now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._clock_now = clock_now

    @staticmethod
    async def prepare(pool: Pool) -> None:
        """Create the table if it is missing; safe for concurrent processes."""
        await apply_schema(pool, _SCHEMA)

    async def apply(self, request: CreditRequest) -> CreditAnswer:
        """Decide an application, or begin to consider it. The first one for an order counts."""
        now = self._clock_now()
        behaviour = behaviour_of(request.phone)
        await self._pool.execute(
            _SQL["apply"],
            request.order_id,
            _decision(request, now).value,
            request.product.value,
            request.product_id,
            request.months,
            request.phone,
            request.amount_minor,
            request.currency,
            now,
            now + behaviour.credit_considered,
            request.expires_at,
        )
        found = await self.application(request.order_id)
        assert found is not None, "applications are never deleted"
        return found

    async def application(self, order_id: UUID) -> CreditAnswer | None:
        """The application for an order as it is now; None where the payer has not applied."""
        row = await self._pool.fetchrow(_SQL["find"], order_id)
        if row is None:
            return None
        now = self._clock_now()
        if row["state"] == CreditDecision.WAITING and _due_at(row) <= now:
            await self._pool.execute(_SQL["decide"], order_id, now)
            row = await self._pool.fetchrow(_SQL["find"], order_id)
        return _answer(row)


def _decision(request: CreditRequest, now: datetime) -> CreditDecision:
    """What the bank says at once."""
    behaviour = behaviour_of(request.phone)
    if request.expires_at <= now:
        return CreditDecision.EXPIRED
    if behaviour.scoring_refuses:
        return CreditDecision.REFUSED
    return CreditDecision.WAITING if behaviour.credit_considered else CreditDecision.GRANTED


def _due_at(row: Any) -> datetime:
    due: datetime = min(row["decides_at"], row["expires_at"])
    return due


def _answer(row: Any) -> CreditAnswer:
    return CreditAnswer(
        order_id=row["order_id"],
        decision=CreditDecision(row["state"]),
        months=row["months"],
        phone=row["phone"],
        decides_at=row["decides_at"],
    )
