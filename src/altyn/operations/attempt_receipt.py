"""The parameters of the whole receipt that come with a deposit or a refund.

They are details of the attempt until the bank has answered. Source: fiscal.md §6.
"""

from dataclasses import replace

import msgspec

from altyn.domain.cart.receipt_params import NAME, ReceiptParams
from altyn.domain.order import Attempt


def with_receipt_params(attempt: Attempt, *sent: ReceiptParams) -> Attempt:
    """The attempt with the parameters among its details."""
    known = {key: value for params in sent for key, value in params.known.items()}
    if not known:
        return attempt
    written = msgspec.json.encode(known).decode()
    return replace(attempt, details={**attempt.details, NAME: written})
