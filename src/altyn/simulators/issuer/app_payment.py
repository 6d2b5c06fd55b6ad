"""A payment that a payer confirms in an app of the bank: the bank knows the payer's card.

Source: sberpay.md §2.
"""

from altyn.protocol.acquiring import AcquirerOperation, AcquirerRequest
from altyn.protocol.test_cards import by_action_code


def authorisation_by_app(
    *,
    key: str,
    merchant: str,
    terminal: str,
    amount_minor: int,
    currency: str,
    hold: bool,
    order_number: str,
    action_code: int,
) -> AcquirerRequest:
    """The request that moves the money. `action_code` is the result that the issuer gives it.

    `hold`: the sum is reserved, not taken. Amount: minor units.
    """
    pan, expiry = by_action_code(action_code)
    return AcquirerRequest(
        key=key,
        operation=AcquirerOperation.AUTHORISE,
        merchant=merchant,
        terminal=terminal,
        amount_minor=amount_minor,
        currency=currency,
        pan=pan,
        expiry=expiry,
        deposit_at_once=not hold,
        order_number=order_number,
    )
