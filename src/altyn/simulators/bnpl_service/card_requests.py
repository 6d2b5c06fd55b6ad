"""The requests of the service to the bank of the payer's card."""

from typing import Any

from altyn.domain.instalments import first_part_minor
from altyn.protocol.acquiring import AcquirerOperation, AcquirerRequest
from altyn.protocol.bnpl import PartsRequest
from altyn.simulators.bnpl_service.contracts import OWN_NAME, Pending, first_key
from altyn.simulators.issuer.app_payment import authorisation_by_app


def first_charge(request: PartsRequest) -> AcquirerRequest:
    """The authorisation of the first part, with the payer's card and its proof."""
    return AcquirerRequest(
        key=first_key(request.key),
        operation=AcquirerOperation.AUTHORISE,
        merchant=OWN_NAME,
        terminal="",
        amount_minor=first_part_minor(request.amount_minor),
        currency=request.currency,
        pan=request.pan,
        expiry=request.expiry,
        cvc=request.cvc,
        eci=request.eci,
        cavv=request.cavv,
        xid=request.xid,
        deposit_at_once=True,
    )


def later_charge(row: Any, pending: Pending, action_code: int) -> AcquirerRequest:
    """A charge without the payer. The service keeps no card number, so the bank of the sandbox gets
    the number of a card that answers as the payer's card does."""
    return authorisation_by_app(
        key=pending.key,
        merchant=OWN_NAME,
        terminal="",
        amount_minor=pending.amount_minor,
        currency=row["currency"],
        hold=False,
        order_number=row["order_number"],
        action_code=action_code,
    )


def return_to_card(row: Any, pending: Pending) -> AcquirerRequest:
    """Give back a sum of a charged part."""
    return AcquirerRequest(
        key=pending.key,
        operation=AcquirerOperation.REFUND,
        merchant=OWN_NAME,
        terminal="",
        amount_minor=pending.amount_minor,
        currency=row["currency"],
        original_key=pending.original_key,
    )


def inquiry(key: str) -> AcquirerRequest:
    """Ask what became of a key."""
    return AcquirerRequest(
        key=key,
        operation=AcquirerOperation.INQUIRE,
        merchant=OWN_NAME,
        terminal="",
        amount_minor=0,
        currency="",
    )
