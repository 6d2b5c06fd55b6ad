"""The embedded PostgreSQL: a server of our own, so that `altyn` needs nothing else installed.
It exists for laptops, CI and small machines; larger ones name theirs in ALTYN_DATABASE_URL."""

from altyn.embedded_postgres.errors import EmbeddedPostgresError
from altyn.embedded_postgres.launcher import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
