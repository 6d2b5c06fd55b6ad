"""Who acts at the command line, as the audit log and the histories name it."""

import getpass
import os


def actor_name(command: str) -> str:
    """The command and the user of the operating system: "altyn merchant (anna)"."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        user = f"uid {os.getuid()}"
    return f"{command} ({user})"
