"""The one exception of the embedded PostgreSQL."""

from typing import Final

ELSEWHERE: Final = "set ALTYN_DATABASE_URL to a PostgreSQL that runs elsewhere"
"""The advice that always helps; most texts end with it."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be used; the text says what is wrong, where, what to do."""
