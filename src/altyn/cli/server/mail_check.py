"""`altyn doctor`: where mails go, and whether the SMTP server takes them."""

import asyncio

from altyn.cli.server.finding import Finding
from altyn.domain.mail_address import Sender
from altyn.domain.mail_server import SmtpServer
from altyn.settings import Settings


def mail_finding(settings: Settings) -> Finding:
    """Where mails go; an SMTP server is called and signed in to, and no mail is sent."""
    server = settings.smtp_server
    if server is not None:
        return _server_finding(server, settings.mail_sender)
    if settings.sandbox:
        return Finding("mail", "into the sandbox's mailbox: /sandbox/mail and `altyn mail list`")
    return Finding("mail", "none is sent; ALTYN_SMTP_URL and ALTYN_MAIL_FROM name a server")


def _server_finding(server: SmtpServer, sender: Sender) -> Finding:
    problem = asyncio.run(_probe(server, sender))
    found = f"from {sender.address} through {server}"
    if problem is None:
        return Finding("mail", found)
    return Finding("mail", f"{found}: {problem}", "Correct ALTYN_SMTP_URL, or repair the server.")


async def _probe(server: SmtpServer, sender: Sender) -> str | None:
    from altyn.outbound.mail.smtp import SmtpTransport

    transport = SmtpTransport(server, sender)
    try:
        return await transport.probe()
    finally:
        transport.close()
