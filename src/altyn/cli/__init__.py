"""The `altyn` command: starts a gateway, administers it and tries it out from a terminal."""

import sys


def main() -> None:
    """Run the command. An error is printed as one paragraph, never as a traceback.

    Exit code: 1 when the command failed, 2 when its arguments were wrong.
    """
    from altyn.cli.app import app

    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last handler: every error becomes a message
        from altyn.cli.output import print_error

        sys.exit(print_error(error))
