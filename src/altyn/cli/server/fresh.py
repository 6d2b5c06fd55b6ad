"""Throw-away data of `altyn serve --fresh`: a new data folder that is deleted at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from altyn.cli.output import CommandError

NOT_DURABLE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Settings of PostgreSQL for data that need not survive a crash."""


@contextmanager
def throw_away_home() -> Iterator[Path]:
    """A new, empty data folder during a block. Variables that name other data are removed.

    Refuses with CommandError: production.
    """
    if os.environ.get("ALTYN_MODE", "").strip().lower() == "production":
        raise CommandError("--fresh is for a sandbox; ALTYN_MODE is production.")
    for name in ("ALTYN_DATABASE_URL", "ALTYN_KEY_FILE"):
        os.environ.pop(name, None)
    home = Path(tempfile.mkdtemp(prefix="altyn-"))
    try:
        if os.geteuid() == 0:  # PostgreSQL runs as another user, which passes through the folder
            home.chmod(0o711)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
