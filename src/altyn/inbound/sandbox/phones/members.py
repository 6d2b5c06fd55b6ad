"""Messages of the simulated phones as members of JSON."""

from datetime import UTC

from altyn.protocol.bank_invoices import InvoiceState
from altyn.protocol.phone_messages import PhoneMessage

RESULTS = {
    InvoiceState.WAITING: "waiting",
    InvoiceState.PROCESSING: "processing",
    InvoiceState.APPROVED: "approved",
    InvoiceState.DECLINED: "declined",
    InvoiceState.NOT_SENT: "declined",
}
"""What the bank has made of an answer."""


def message_members(message: PhoneMessage) -> dict[str, object]:
    """A message; `link`, `answer` and `end` are there only where the message has them.

    `end`: why it cannot be answered any more, where this phone has not answered.
    """
    members: dict[str, object] = {
        "id": str(message.message_id),
        "kind": message.kind.value,
        "text": message.text,
        "orderId": str(message.order_id) if message.order_id else None,
        "amount": message.amount_minor,
        "at": message.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "actions": [action.value for action in message.actions],
    }
    if message.link:
        members["link"] = message.link
    if message.answer is not None:
        members["answer"] = message.answer.value
    elif message.end is not None:
        members["end"] = message.end.value
    return members
