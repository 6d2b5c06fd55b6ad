"""The one exception of the embedded PostgreSQL.
It exists so that a caller can print its text as it is: what is wrong, where, and what to do."""

from typing import Final

ELSEWHERE: Final = "set ALTYN_DATABASE_URL to a PostgreSQL that runs elsewhere"
"""The advice which always helps; most texts end with it."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be had; the text says what is wrong, where, and what to do."""
