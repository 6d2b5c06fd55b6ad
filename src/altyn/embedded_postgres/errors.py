"""The exception of the embedded PostgreSQL."""

from typing import Final

ELSEWHERE: Final = "set ALTYN_DATABASE_URL to a PostgreSQL that runs elsewhere"
"""The advice that is always possible; most error texts end with it."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL is unusable; the text says what is wrong, where, and what to do."""
