"""`python -m altyn` is the `altyn` command.

It exists for places where a package is installed but its command is not on the PATH.
"""

from altyn.cli import main

if __name__ == "__main__":
    main()
