"""The field of a form that asks for a report: the id of the job, so that it is made once."""

from typing import Final
from uuid import UUID

from altyn.inbound.personal_account.access import AccountRequest
from altyn.operations.account.errors import AccountError, Reason

JOB: Final = "job"


def job_of(asked: AccountRequest) -> UUID | None:
    """The job of a sent form; None for a form without one. Refuses another text: FORM_OUTDATED."""
    text = asked.form.get(JOB)
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise AccountError(Reason.FORM_OUTDATED) from None
