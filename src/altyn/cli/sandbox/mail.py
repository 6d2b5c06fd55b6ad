"""`altyn mail`: the sandbox's mailbox, with the mails that the gateway has sent."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line

if TYPE_CHECKING:
    from altyn.domain.mailbox import ReceivedMail
    from altyn.inbound.sandbox.mail.query import MailQuery
    from altyn.storage.mailbox import Mailbox

app = typer.Typer(help="List and show the mails of the sandbox.")


@app.command("list")
def list_mails(
    to: Annotated[str | None, typer.Option(help="Only mails to this address.")] = None,
    order: Annotated[str | None, typer.Option(help="orderId, or the shop's orderNumber.")] = None,
    limit: Annotated[int, typer.Option(help="List at most this many.", min=1, max=1000)] = 20,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """List the newest mails, newest first."""
    query = _query(to, order, limit)

    async def work(mailbox: "Mailbox") -> None:
        from altyn.inbound.sandbox.mail.members import mail_summary

        mails = await mailbox.newest(
            to=query.to,
            order_id=query.order_id,
            order_number=query.order_number,
            limit=query.limit,
        )
        if as_json:
            print_json([mail_summary(mail) for mail in mails])
        elif mails:
            _print_list(mails)
        else:
            print_line(_nothing(narrowed=bool(to or order)))

    _with_mailbox(work)


@app.command()
def show(
    mail: Annotated[str, typer.Argument(help="A mail's id, from `altyn mail list`.")],
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Show one mail as text; --json has its HTML too."""
    from altyn.domain.callback_history import parse_callback_id

    which = parse_callback_id(mail)

    async def work(mailbox: "Mailbox") -> None:
        from altyn.inbound.sandbox.mail.members import mail_members

        found = await mailbox.show(which) if which else None
        if found is None:
            raise CommandError(
                f"There is no mail {mail}. `altyn mail list` lists them; the newest 1000 of 30 "
                "days are kept."
            )
        if as_json:
            print_json(mail_members(found))
        else:
            _print_mail(found)

    _with_mailbox(work)


def _query(to: str | None, order: str | None, limit: int) -> "MailQuery":
    from altyn.inbound.sandbox.mail.query import MailQueryError, read_mail_query

    try:
        return read_mail_query({"to": to or "", "order": order or "", "limit": str(limit)})
    except MailQueryError as error:
        raise CommandError(f"--{error}") from None


def _with_mailbox(work: "Callable[[Mailbox], Awaitable[None]]") -> None:
    """Run `work` with the mailbox. Refuses with CommandError: production has none."""
    from altyn.cli.database import with_pool
    from altyn.storage.mailbox import Mailbox

    settings = read_settings()
    if not settings.sandbox:
        raise CommandError(
            "Production has no mailbox: it sends mails over SMTP. Start the command without "
            "ALTYN_MODE=production for the mailbox of a sandbox."
        )
    with_pool(settings, lambda pool: work(Mailbox(pool, settings.mail_sender)))


def _print_list(mails: "Sequence[ReceivedMail]") -> None:
    from altyn.cli.columns import Cell, headers, print_records
    from altyn.cli.dates import in_moscow

    names = [headers("at", "to", "order", "kind"), headers("id"), headers("subject")]
    records = [
        [
            [
                Cell(in_moscow(mail.sent_at)),
                Cell(mail.recipient),
                Cell(mail.order_number),
                Cell(mail.reason),
            ],
            [Cell(str(mail.id), "dim")],
            [Cell(mail.subject)],
        ]
        for mail in mails
    ]
    print_records(names, records)


def _print_mail(mail: "ReceivedMail") -> None:
    from altyn.cli.dates import in_words

    for name, value in (
        ("From", mail.sender),
        ("To", mail.recipient),
        ("Subject", mail.subject),
        ("Sent", in_words(mail.sent_at)),
        ("Order", f"{mail.order_number} ({mail.id.subject_id})"),
        ("Kind", mail.reason),
    ):
        print_line(f"{name + ':':<9}{value}")
    print_line("")
    for line in mail.text.splitlines():
        print_line(line)


def _nothing(*, narrowed: bool) -> str:
    if narrowed:
        return "No mail to this address, or about this order."
    return (
        "No mail yet. Payers get a mail about each payment after "
        "`altyn merchant set SHOP payer_email_notify=true`."
    )
