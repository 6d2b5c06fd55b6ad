"""The adapters of payment in parts: lost answers, and the schedule of declined parts."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from altyn.domain.instalments import PLAN, plan_of, read_plan
from altyn.operations.connector import Outcome
from altyn.operations.paying.bnpl.ports import BnplUnavailableError
from altyn.outbound.bnpl.connector import connector_response
from altyn.outbound.bnpl.handler import PAUSES, InstalmentHandler
from altyn.outbound.bnpl.in_process import InProcessService
from altyn.protocol.acquiring import AcquirerOutcome
from altyn.protocol.bnpl import (
    ApplicationRequest,
    PartsOperation,
    PartsRequest,
    PartsResponse,
)
from tests.builders import a_merchant
from tests.silent_service import SilentService

REQUEST = PartsRequest(key="1-1", operation=PartsOperation.INQUIRE)


@pytest.mark.parametrize("hangs", [True, False])
async def test_lost_answer_about_money_is_unknown(*, hangs: bool) -> None:
    service = InProcessService(SilentService(hangs=hangs), timeout_seconds=0.01)
    assert (await service.ask(REQUEST)).outcome is AcquirerOutcome.UNKNOWN


@pytest.mark.parametrize("hangs", [True, False])
async def test_lost_answer_about_an_application_is_an_error(*, hangs: bool) -> None:
    service = InProcessService(SilentService(hangs=hangs), timeout_seconds=0.01)
    request = ApplicationRequest(
        order_id=uuid4(),
        phone="79998887766",
        shop_name="",
        order_number="1",
        amount_minor=1,
        currency="643",
    )
    for asked in (
        service.application(uuid4()),
        service.apply(request),
        service.enter_code("x", "1111"),
        service.agree("x"),
    ):
        with pytest.raises(BnplUnavailableError):
            await asked


@pytest.mark.parametrize("outcome", AcquirerOutcome)
def test_every_outcome_is_one_of_the_port(outcome: AcquirerOutcome) -> None:
    plan = plan_of(1000_00, date(2026, 11, 27))
    response = connector_response(PartsResponse(outcome=outcome, plan=plan))
    assert response.outcome is Outcome(outcome.value.lower())
    approved = outcome is AcquirerOutcome.APPROVED
    assert (PLAN in response.details) is approved
    assert bool(response.action_code) is (outcome is AcquirerOutcome.NOT_SENT)
    if approved:
        assert read_plan(response.details[PLAN]) == plan


def test_declined_part_is_tried_again_until_before_the_next_part() -> None:
    handler = InstalmentHandler(None, seconds=1)  # type: ignore[arg-type]
    merchant = a_merchant()
    pauses = [handler.retry_pause(merchant, failures) for failures in range(1, 8)]
    assert pauses == [*PAUSES, None, None]
    assert sum(PAUSES, timedelta(0)) < timedelta(days=14)
