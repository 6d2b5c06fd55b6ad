"""The result of 3-D Secure from the shop's own MPI: who may send it.

Source: merchant-settings.md §5.
"""

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.steps import PayByCard


def refuse_foreign_mpi(command: PayByCard, merchant: Merchant) -> Refused | None:
    """ACCESS_DENIED for a result of 3-D Secure of a merchant without the permission."""
    if command.external is None or merchant.may(Permission.EXTERNAL_MPI):
        return None
    rule = f"permission {Permission.EXTERNAL_MPI} is off: leave out eci, cavv and xid"
    return Refused(Refusal.ACCESS_DENIED, rule, parameter="eci")
