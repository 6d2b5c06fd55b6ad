"""The pages of the mailbox: a list and a single mail. They only render, and have no scripts.

The HTML of a mail is shown in a frame of its own, whose sandbox runs no scripts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from altyn.domain.mailbox import ReceivedMail
from altyn.look import LOOK_STATIC, load_static, page_environment

_HERE: Final = Path(__file__).parent
MAILBOX_PATH: Final = "/sandbox/mail"
STATIC: Final = load_static(LOOK_STATIC, _HERE / "static")
STATIC_PREFIX: Final = STATIC.prefix(f"{MAILBOX_PATH}/static")

PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A mail has its rules and images inside. Its links open in a new window, which is a usual one.
BODY_SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"
BODY_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    f"form-action 'none'; frame-ancestors 'self'; sandbox {BODY_SANDBOX}"
)

_ENVIRONMENT: Final = page_environment(_HERE / "templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxView:
    """The list: its mails, and what was asked for. `problem`: the question cannot be answered.

    `server` is the SMTP server that takes the mails instead of the mailbox.
    """

    mails: Sequence[ReceivedMail]
    asked: Mapping[str, str]
    problem: str | None = None
    server: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether only some of the mails are asked for."""
        return any(self.asked.get(name) for name in ("to", "order"))


def render_mailbox(view: MailboxView) -> str:
    """The page with the list."""
    return _render("mailbox.html", view=view)


def render_mail(mail: ReceivedMail) -> str:
    """The page with one mail."""
    return _render("mail.html", mail=mail, body_sandbox=BODY_SANDBOX)


def render_missing_mail() -> str:
    """The page instead of a mail that is not there."""
    return _render("missing.html")


def _render(template: str, **values: object) -> str:
    return _ENVIRONMENT.get_template(template).render(
        language="en", static=STATIC_PREFIX, mailbox=MAILBOX_PATH, **values
    )
