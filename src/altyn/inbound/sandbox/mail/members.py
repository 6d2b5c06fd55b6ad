"""Mails of the sandbox's mailbox as members of JSON, for the API and the command line."""

from datetime import UTC

from altyn.domain.mailbox import ReceivedMail


def mail_summary(mail: ReceivedMail) -> dict[str, object]:
    """A mail in a list."""
    return {
        "id": str(mail.id),
        "kind": mail.reason,
        "orderId": str(mail.id.subject_id),
        "orderNumber": mail.order_number,
        "from": mail.sender,
        "to": mail.recipient,
        "subject": mail.subject,
        "at": mail.sent_at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }


def mail_members(mail: ReceivedMail) -> dict[str, object]:
    """A mail with its text and its HTML."""
    return {**mail_summary(mail), "text": mail.text, "html": mail.html}
