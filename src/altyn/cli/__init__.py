"""The `altyn` command.

It exists so that a gateway is started, looked after and tried out by one word at a terminal.
"""

import sys


def main() -> None:
    """Run the command; what goes wrong is one calm paragraph and an exit code, never a traceback.

    The code is 1 when the command could not be done, 2 when it was not understood.
    """
    from altyn.cli.app import app

    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, a person reads it
        from altyn.cli.output import tell

        sys.exit(tell(error))
