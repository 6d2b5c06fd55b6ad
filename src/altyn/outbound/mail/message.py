"""A mail as a MIME message: text and HTML, with a Message-ID that is the same at each attempt."""

from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from altyn.domain.control_characters import has_control
from altyn.domain.mail_address import MailAddress, Sender
from altyn.operations.mails import OutgoingMail

_CHARSET: Final = "utf-8"
_ENCODING: Final = "base64"  # texts are Russian in most mails, and no server has to pass 8 bits


def message_of(outgoing: OutgoingMail, sender: Sender) -> EmailMessage:
    """The message of one attempt. Only its date differs between the attempts of an entry."""
    mail, to = outgoing.mail, outgoing.to
    needs_utf8 = to.needs_utf8 or sender.address.needs_utf8
    message = EmailMessage(policy=policy.SMTPUTF8 if needs_utf8 else policy.SMTP)
    message["From"] = _address(sender.address, _one_line(sender.name or mail.from_name))
    message["To"] = _address(to)
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime(outgoing.at)
    message["Message-ID"] = message_id(outgoing, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notice is sent back
    message.set_content(mail.text, charset=_CHARSET, cte=_ENCODING)
    message.add_alternative(mail.html, subtype="html", charset=_CHARSET, cte=_ENCODING)
    message.set_boundary(f"=_altyn_{outgoing.id}")
    return message


def message_id(outgoing: OutgoingMail, sender: Sender) -> str:
    """The Message-ID: the entry of the outbox, at the sender's host."""
    return f"<{outgoing.id}@{sender.address.host}>"


def _address(address: MailAddress, name: str = "") -> Address:
    return Address(name, address.local, address.host)


def _one_line(text: str) -> str:
    """A text without line breaks and other control characters, so that it is one header."""
    clean = "".join(" " if has_control(each) else each for each in text)
    return " ".join(clean.split())
