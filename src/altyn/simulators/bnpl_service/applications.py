"""The applications of payers: a phone, a code by SMS, the scoring, the consent to the plan.

One statement decides each step, so of two answers at once one counts.
Source: bnpl.md §4, §5.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from altyn.domain.instalments import day_of, plan_of
from altyn.protocol.bnpl import (
    CODES_MAX,
    RESEND_SECONDS,
    Application,
    ApplicationRequest,
    ApplicationStep,
)
from altyn.protocol.test_phones import UNKNOWN_CLIENT, behaviour_of
from altyn.simulators.bnpl_service.messages import CODE, code_message
from altyn.simulators.database import Pool
from altyn.simulators.phones.phones import Phones

_RESEND: Final = timedelta(seconds=RESEND_SECONDS)


class Applications:
    """The applications for all orders. Their state is the database, so processes may share it."""

    def __init__(
        self, pool: Pool, clock_now: Callable[[], datetime], phones: Phones, sql: dict[str, str]
    ) -> None:
        self._pool = pool
        self._clock_now = clock_now
        self._phones = phones
        self._sql = sql

    async def find(self, order_id: UUID) -> Application | None:
        """The newest application for an order; None where the payer has not applied.

        A consent of an earlier day is no longer good: the plan would begin on that day.
        """
        row = await self._row(order_id)
        if row is None:
            return None
        today = day_of(self._clock_now())
        if row["step"] == ApplicationStep.CARD and row["agreed_on"] < today:
            await self._move(row, ApplicationStep.PLAN, None)
            row = await self._row(order_id)
        return self._application(row)

    async def apply(self, request: ApplicationRequest) -> Application:
        """Send a code to the phone.

        The same phone gets another code RESEND_SECONDS after the last one, and before that nothing
        changes. Another phone, and a payer who was refused, begin a new application.
        """
        while True:
            row = await self._row(request.order_id)
            if row and row["phone"] == request.phone and row["step"] != ApplicationStep.REFUSED:
                return await self._resend(row)
            now = self._clock_now()
            if row and row["phone"] == request.phone and row["code_sent_at"] > now - _RESEND:
                return self._application(row)
            applied = await self._pool.fetchrow(
                self._sql["apply"],
                request.order_id,
                request.phone,
                request.shop_name,
                request.order_number,
                request.amount_minor,
                request.currency,
                CODES_MAX,
                now,
                row["number"] if row else 0,
            )
            if applied is not None:
                await self._phones.send(code_message(applied))
                return self._application(applied)

    async def enter_code(self, application_id: str, code: str) -> Application | None:
        """The payer types the code; the scoring follows the right one.

        None for an application that is not the order's newest. After CODES_MAX wrong codes even
        the right one is not taken.
        """
        row = await self._by_id(application_id)
        if row is None:
            return None
        if row["step"] == ApplicationStep.CODE and code == CODE:
            refused = behaviour_of(row["phone"]).scoring_refuses
            await self._move(
                row, ApplicationStep.REFUSED if refused else ApplicationStep.PLAN, None
            )
        elif row["step"] == ApplicationStep.CODE:
            await self._pool.fetchrow(self._sql["miss"], row["order_id"], row["number"])
        return await self.find(row["order_id"])

    async def agree(self, application_id: str) -> Application | None:
        """The payer agrees to the plan that begins today. None as for `enter_code`."""
        row = await self._by_id(application_id)
        if row is None:
            return None
        if row["step"] == ApplicationStep.PLAN:
            await self._move(row, ApplicationStep.CARD, day_of(self._clock_now()))
        return await self.find(row["order_id"])

    async def agreed(self, application_id: str) -> Any | None:
        """The row of an application whose payer has agreed to the plan."""
        row = await self._by_id(application_id)
        return row if row and row["step"] == ApplicationStep.CARD else None

    async def _resend(self, row: Any) -> Application:
        now = self._clock_now()
        values = (row["order_id"], row["number"], CODES_MAX, now - _RESEND, now)
        sent = await self._pool.fetchrow(self._sql["resend"], *values)
        if sent is not None:
            await self._phones.send(code_message(sent))
        found = await self.find(row["order_id"])
        assert found is not None, "applications are never deleted"
        return found

    async def _move(self, row: Any, step: ApplicationStep, agreed_on: date | None) -> None:
        values = (row["order_id"], row["number"], row["step"], step.value, agreed_on)
        await self._pool.fetchrow(self._sql["move"], *values)

    async def _row(self, order_id: UUID) -> Any | None:
        return await self._pool.fetchrow(self._sql["application"], order_id)

    async def _by_id(self, application_id: str) -> Any | None:
        """The row with this id, if it is the order's newest."""
        order_hex, _, _ = application_id.partition("-")
        try:
            order_id = UUID(hex=order_hex)
        except ValueError:
            return None
        row = await self._row(order_id)
        return row if row and _id(row) == application_id else None

    def _application(self, row: Any) -> Application:
        refused = row["step"] == ApplicationStep.REFUSED
        return Application(
            application_id=_id(row),
            order_id=row["order_id"],
            phone=row["phone"],
            step=ApplicationStep(row["step"]),
            codes_left=row["codes_left"],
            resend_at=row["code_sent_at"] + _RESEND,
            plan=plan_of(row["amount_minor"], row["agreed_on"] or day_of(self._clock_now())),
            action_code=UNKNOWN_CLIENT if refused else 0,
        )


def _id(row: Any) -> str:
    return f"{row['order_id'].hex}-{row['number']}"
