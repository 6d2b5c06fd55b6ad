"""The words of the `altyn` command, and nothing behind them.

It exists so that `altyn --help` answers at once: a command imports its work when it is run.
"""

import typer

from altyn.cli.serve import serve

app = typer.Typer(
    name="altyn",
    help="A payment gateway that speaks the RBS acquiring protocol.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(serve)


@app.callback()
def _altyn() -> None: ...
