"""What the errors of an SMTP session mean for a mail, in words.

A server that refuses the mail itself for good (5xx) ends its attempts. What concerns the connection
or the sign-in is tried again, because an operator can repair it.
"""

import smtplib
import ssl
from collections.abc import Mapping
from typing import Final

from altyn.domain.mail_server import SmtpServer
from altyn.domain.outbox import Verdict
from altyn.operations.mails import SendResult

REFUSED_FOR_GOOD: Final = range(500, 600)
TEXT_LENGTH_MAX: Final = 500


class MailRefusedError(Exception):
    """We do not send by this connection. `for_good`: no later attempt can succeed."""

    def __init__(self, text: str, *, for_good: bool = False) -> None:
        super().__init__(text)
        self.for_good = for_good


def result_of(
    error: Exception | None, server: SmtpServer, *, seconds: float | None = None
) -> SendResult:
    """The result of an attempt that ended with this error, or without one."""
    if error is None:
        return SendResult(verdict=Verdict.DELIVERED, seconds=seconds)
    return SendResult(
        verdict=Verdict.REJECTED if _is_for_good(error) else Verdict.FAILED,
        problem=words_of(error, server),
    )


def words_of(error: Exception, server: SmtpServer) -> str:
    """What went wrong at which server; the server's own text where it gave one."""
    place = f"{server.host}:{server.port}"
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = _first(error.recipients)
            return f"{place} refuses the address: {code} {_text(text)}"
        case smtplib.SMTPAuthenticationError():
            return (
                f"{place} refuses the user or the password of ALTYN_SMTP_URL: "
                f"{error.smtp_code} {_text(error.smtp_error)}"
            )
        case smtplib.SMTPResponseException():
            return f"{place} answers {error.smtp_code} {_text(error.smtp_error)}"
        case smtplib.SMTPServerDisconnected():
            return f"{place} closed the connection, or was silent for too long"
        case ssl.SSLCertVerificationError():
            return f"the certificate of {place} is not trusted: {error.verify_message}"
        case TimeoutError():
            return f"{place} did not finish in time"
        case OSError():
            return f"{place} cannot be reached: {error.strerror or type(error).__name__}"
        case _:
            return f"{place}: {_text(str(error))}"


def _is_for_good(error: Exception) -> bool:
    match error:
        case MailRefusedError():
            return error.for_good
        case smtplib.SMTPRecipientsRefused():
            return _first(error.recipients)[0] in REFUSED_FOR_GOOD
        case smtplib.SMTPSenderRefused() | smtplib.SMTPDataError():
            return error.smtp_code in REFUSED_FOR_GOOD
        case _:
            return False


def _first(recipients: Mapping[str, tuple[int, bytes]]) -> tuple[int, bytes]:
    return next(iter(recipients.values()))


def _text(answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:TEXT_LENGTH_MAX]
