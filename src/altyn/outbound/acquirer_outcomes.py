"""The outcomes of acquiring messages in the words of the port `Connector`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.operations.connector import Outcome
from altyn.protocol.acquiring import AcquirerOutcome

OUTCOMES: Final[Mapping[AcquirerOutcome, Outcome]] = MappingProxyType(
    {
        AcquirerOutcome.APPROVED: Outcome.APPROVED,
        AcquirerOutcome.PENDING: Outcome.PENDING,
        AcquirerOutcome.DECLINED: Outcome.DECLINED,
        AcquirerOutcome.NOT_SENT: Outcome.NOT_SENT,
        AcquirerOutcome.UNKNOWN: Outcome.UNKNOWN,
    }
)
