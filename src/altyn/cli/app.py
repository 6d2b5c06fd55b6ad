"""The commands of `altyn` and their groups in the help.

`altyn --help` starts quickly, because a command imports what it needs when it runs.
"""

import typer

from altyn.cli.audit import commands as audit
from altyn.cli.callbacks import commands as callbacks
from altyn.cli.carts import check as carts
from altyn.cli.help import use_plain_help
from altyn.cli.merchants import commands as merchants
from altyn.cli.orders import commands as orders
from altyn.cli.orders import link, pay
from altyn.cli.pages import commands as pages
from altyn.cli.receipts import commands as receipts
from altyn.cli.requests import commands as requests
from altyn.cli.sandbox import cards, clock, mail, phone
from altyn.cli.server import doctor, keys, migrations, reset, serve, stop
from altyn.cli.users import commands as users

app = typer.Typer(
    name="altyn",
    help="A payment gateway with the RBS acquiring protocol. Start here: altyn serve",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_RUN, _TRIAL, _MANAGE = "Run the gateway", "Try it out", "Manage it"

app.command(rich_help_panel=_RUN)(serve.serve)
app.command(rich_help_panel=_RUN)(stop.stop)
app.command(rich_help_panel=_RUN)(reset.reset)
app.command(rich_help_panel=_RUN)(doctor.doctor)
app.command(rich_help_panel=_RUN)(migrations.migrate)
app.command(rich_help_panel=_TRIAL)(pay.pay)
app.command(rich_help_panel=_TRIAL)(cards.cards)
app.command(rich_help_panel=_TRIAL)(phone.phone)
app.add_typer(carts.app, name="cart", no_args_is_help=True, rich_help_panel=_TRIAL)
app.add_typer(clock.app, name="clock", no_args_is_help=True, rich_help_panel=_TRIAL)
app.add_typer(mail.app, name="mail", no_args_is_help=True, rich_help_panel=_TRIAL)
app.add_typer(requests.app, name="requests", no_args_is_help=True, rich_help_panel=_TRIAL)
app.add_typer(orders.app, name="order", no_args_is_help=True, rich_help_panel=_MANAGE)
app.add_typer(receipts.app, name="receipt", no_args_is_help=True, rich_help_panel=_MANAGE)
app.add_typer(callbacks.app, name="callbacks", no_args_is_help=True, rich_help_panel=_MANAGE)
app.add_typer(merchants.app, name="merchant", no_args_is_help=True, rich_help_panel=_MANAGE)
app.add_typer(pages.app, name="pages", no_args_is_help=True, rich_help_panel=_MANAGE)
app.add_typer(users.app, name="users", no_args_is_help=True, rich_help_panel=_MANAGE)
app.add_typer(audit.app, name="audit", no_args_is_help=True, rich_help_panel=_MANAGE)
app.add_typer(keys.app, name="keys", no_args_is_help=True, rich_help_panel=_MANAGE)
orders.app.command()(link.link)
use_plain_help(app)


@app.callback(invoke_without_command=True)
def altyn(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Show the version."),  # noqa: FBT001, FBT003
) -> None:
    """A payment gateway with the RBS acquiring protocol. Start here: altyn serve"""
    from altyn import __version__

    if version:
        typer.echo(f"Altyn {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)
