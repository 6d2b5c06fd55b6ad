"""Which entries of the outbox a move of the sandbox's clock waits for."""

from typing import Final

from altyn.domain.instalments import INSTALMENT
from altyn.domain.mail import MAIL
from altyn.domain.receipt.settings import FiscalProvider
from altyn.domain.receipt.values import RECEIPT
from altyn.domain.sms import SMS
from altyn.main.outbox_sending import OutboxSending
from altyn.settings import Settings
from altyn.workers.awaited_entries import AwaitedEntries

SIMULATED: Final = {INSTALMENT: None, SMS: None, RECEIPT: FiscalProvider.SIMULATED.value}
"""The kinds whose receivers the sandbox simulates; of receipts those of one provider."""

STOPPING: Final = frozenset({INSTALMENT})
"""The kinds for each of whose entries the clock stops, at the time it is due."""

PLANNED: Final = frozenset({RECEIPT})
"""The kinds for which it stops too, for a bounded number of entries (`PLANNED_MAX` of a queue). It
does not stop for a mail: that waits for a receipt, which a provider outside may never register."""


def awaited_entries(outbox: OutboxSending, settings: Settings) -> AwaitedEntries:
    """The entries whose receivers are simulated; mails where the sandbox's mailbox takes them."""
    mails = {MAIL: None} if settings.smtp_server is None else {}
    return AwaitedEntries(outbox.store, outbox, {**SIMULATED, **mails}, STOPPING, PLANNED)
